package rstprobe.record;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Collectors;
import rstprobe.ssh.Handshake;
import rstprobe.ssh.KeyShare;
import rstprobe.ssh.KeyShares;

/// Key shares made on another thread while the tap opens and the SYN is on its way.
///
/// A cold JVM needs a third of a second for a sntrup761 key, which is longer than everything else of a healthy
/// run. Each prepared share serves one handshake; later ones are made when they are needed, in a JVM that is
/// warm by then.
public final class PreparedShares implements KeyShares {
    /// What OpenSSH servers pick, dearest first.
    private static final List<String> LIKELY = List.of("sntrup761x25519-sha512", "mlkem768x25519-sha256");

    private static final Map<String, String> SAME_SHARE =
            Map.of("sntrup761x25519-sha512@openssh.com", "sntrup761x25519-sha512");

    private final SecureRandom random;
    private final Map<String, FutureTask<KeyShare>> prepared;

    private PreparedShares(SecureRandom random, Map<String, FutureTask<KeyShare>> prepared) {
        this.random = random;
        this.prepared = new ConcurrentHashMap<>(prepared);
    }

    /// Starts making shares, one after the other, on one daemon thread. Whoever needs one that is not begun makes it
    /// itself; none is made twice.
    public static PreparedShares start(SecureRandom random) {
        Map<String, FutureTask<KeyShare>> shares = LIKELY.stream()
                .collect(Collectors.toUnmodifiableMap(
                        Function.identity(), kex -> new FutureTask<>(() -> KeyShare.of(kex, random))));
        Thread keys = Unprivileged.threads("rstprobe-keys").newThread(() -> {
            for (String kex : LIKELY) {
                shares.get(kex).run();
            }
            Handshake.warmUp();
        });
        keys.start();
        return new PreparedShares(random, shares);
    }

    /// The prepared share the first time, a fresh one every further time.
    @Override
    public KeyShare share(String kex) {
        FutureTask<KeyShare> share = prepared.remove(SAME_SHARE.getOrDefault(kex, kex));
        if (share == null) {
            return KeyShare.of(kex, random);
        }
        share.run();
        try {
            return share.get();
        } catch (ExecutionException bug) {
            throw new IllegalStateException("no key share for " + kex, bug.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return KeyShare.of(kex, random);
        }
    }
}
