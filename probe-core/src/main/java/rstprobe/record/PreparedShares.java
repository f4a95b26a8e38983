package rstprobe.record;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Map<String, CompletableFuture<KeyShare>> prepared;

    private PreparedShares(SecureRandom random, Map<String, CompletableFuture<KeyShare>> prepared) {
        this.random = random;
        this.prepared = prepared;
    }

    /// Starts making shares, one after the other, on one daemon thread.
    public static PreparedShares start(SecureRandom random) {
        Map<String, CompletableFuture<KeyShare>> futures = LIKELY.stream()
                .collect(Collectors.toMap(
                        Function.identity(), _ -> new CompletableFuture<>(), (one, _) -> one, ConcurrentHashMap::new));
        Thread keys = Unprivileged.threads("rstprobe-keys").newThread(() -> {
            for (String kex : LIKELY) {
                CompletableFuture<KeyShare> future = futures.get(kex);
                if (future != null) {
                    make(kex, random, future);
                }
            }
            Handshake.warmUp();
        });
        keys.start();
        return new PreparedShares(random, futures);
    }

    private static void make(String kex, SecureRandom random, CompletableFuture<KeyShare> future) {
        try {
            future.complete(KeyShare.of(kex, random));
        } catch (RuntimeException bug) {
            future.completeExceptionally(bug);
        }
    }

    /// The prepared share the first time, a fresh one every further time.
    @Override
    public KeyShare share(String kex) {
        CompletableFuture<KeyShare> future = prepared.remove(SAME_SHARE.getOrDefault(kex, kex));
        return future == null ? KeyShare.of(kex, random) : future.join();
    }
}
