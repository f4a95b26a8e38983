package rstprobe.ssh;

import java.net.Socket;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Times one handshake in a fresh JVM, stage by stage: `ColdStart HOST PORT KEX [ahead]`. Run it with
/// `-XX:+UseSerialGC -XX:TieredStopAtLevel=1`. With `ahead`, the key share is made on another thread meanwhile.
final class ColdStart {
    private ColdStart() {}

    /// Prints milliseconds.
    public static void main(String[] words) throws Exception {
        long begin = System.nanoTime();
        SecureRandom random = new SecureRandom();
        String kex = words[2];
        KeyShares shares = KeyShares.fresh(random);
        if (words.length > 3) {
            CompletableFuture<KeyShare> ahead = CompletableFuture.supplyAsync(() -> KeyShare.of(kex, random));
            CompletableFuture.runAsync(Handshake::warmUp);
            shares = name -> ahead.join();
        }
        HandshakePlan standard = HandshakePlan.standard("nobody");
        HandshakePlan plan = standard.withOffer(standard.offer().withKex(List.of(kex)));
        try (Socket socket = new Socket(words[0], Integer.parseInt(words[1]));
                Peer peer = new Peer(socket.getInputStream(), socket.getOutputStream(), () -> {})) {
            socket.setTcpNoDelay(true);
            Story story = peer.run(new Handshake(plan, random, shares));
            long total = System.nanoTime() - begin;
            StringBuilder line = new StringBuilder(kex);
            long before = begin;
            for (Observation.StageCompleted done : story.all(Observation.StageCompleted.class)) {
                line.append(" %s %.1f".formatted(done.stage().word(), (done.atNanos() - before) / 1e6));
                before = done.atNanos();
            }
            System.out.println(
                    line.append(" total %.1f ms ".formatted(total / 1e6)).append(story.outcome()));
        }
    }
}
