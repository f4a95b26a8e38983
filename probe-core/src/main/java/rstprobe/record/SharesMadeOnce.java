package rstprobe.record;

import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import rstprobe.ssh.KeyShare;
import rstprobe.ssh.KeyShares;

/// Key shares that serve every handshake of a process, for handshakes that end before anything is said in secret.
///
/// A share is there to be made once and forgotten, so that nobody reads later what was said. A survey says nothing
/// after the exchange: it wants the length of the server's answer. A sntrup761 share takes tens of milliseconds to
/// make, and a sweep would spend most of its time on a thousand of them.
final class SharesMadeOnce implements KeyShares {
    private final SecureRandom random = new SecureRandom();
    private final Map<String, KeyShare> made = new ConcurrentHashMap<>();

    @Override
    public KeyShare share(String kex) {
        return made.computeIfAbsent(kex, name -> KeyShare.of(name, random));
    }
}
