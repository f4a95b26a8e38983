package rstprobe.ssh;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Optional;

/// One key exchange, from the agreed algorithms to the keys (RFC 4253 §8, 4419, 5656, 8731 and the hybrids).
final class KeyExchange {

    /// What follows from a message of the server.
    sealed interface Progress {}

    /// We have to say this next.
    record Say(String name, byte[] payload) implements Progress {}

    /// The exchange is over; the keys count only if the host key was verified.
    ///
    /// @param shown the host key as sent
    record Done(Observation.HostKey hostKey, SessionKeys keys, byte[] shown) implements Progress {}

    private final Kex kex;
    private final String hostKeyAlgorithm;
    private final Transcript transcript;
    private final KeyShares shares;
    private final SecureRandom random;
    /// The size bounds and the group itself as hashed by RFC 4419 §3; empty for other exchanges.
    private byte[] group = new byte[0];

    private Optional<KeyShare> share = Optional.empty();

    KeyExchange(Observation.Negotiated agreed, Transcript transcript, KeyShares shares, SecureRandom random) {
        kex = Kex.named(agreed.kex()).orElseThrow();
        hostKeyAlgorithm = agreed.hostKey();
        this.transcript = transcript;
        this.shares = shares;
        this.random = random;
    }

    /// Our first message.
    Say first() {
        if (kex == Kex.GROUP_EXCHANGE) {
            byte[] request =
                    bounds(new WireWriter().writeByte(Numbers.GROUP_REQUEST)).bytes();
            return new Say("group-request", request);
        }
        return init(Numbers.KEX_INIT, shares.share(kex.word()));
    }

    /// Takes a message numbered 30 to 49.
    Progress on(byte[] payload) throws Malformed {
        WireReader reader = new WireReader(payload);
        int number = reader.readByte();
        boolean byGroup = kex == Kex.GROUP_EXCHANGE;
        if (byGroup && share.isEmpty() && number == Numbers.GROUP) {
            return takeGroup(reader);
        }
        if (share.isPresent() && number == (byGroup ? Numbers.GROUP_REPLY : Numbers.KEX_REPLY)) {
            return takeReply(share.get(), reader);
        }
        throw new Malformed("message " + number + " in the key exchange");
    }

    private Say takeGroup(WireReader reader) throws Malformed {
        BigInteger prime = reader.readPositive();
        BigInteger generator = reader.readPositive();
        group = bounds(new WireWriter()).writeMpint(prime).writeMpint(generator).bytes();
        return init(Numbers.GROUP_INIT, GroupShare.inProposed(prime, generator, random));
    }

    private Done takeReply(KeyShare ours, WireReader reader) throws Malformed {
        byte[] hostKey = reader.readString();
        byte[] theirs = reader.readString();
        byte[] signature = reader.readString();
        byte[] secret = ours.secret(theirs);
        byte[] hash = kex.hash()
                .begin()
                .digest(transcript
                        .begin()
                        .writeString(hostKey)
                        .writeBytes(group)
                        .writeString(ours.publicValue())
                        .writeString(theirs)
                        .writeBytes(secret)
                        .bytes());
        return new Done(
                HostKeys.check(hostKeyAlgorithm, hostKey, signature, hash),
                new SessionKeys(kex.hash(), secret, hash),
                hostKey);
    }

    private Say init(int number, KeyShare made) {
        share = Optional.of(made);
        byte[] payload = new WireWriter()
                .writeByte(number)
                .writeString(made.publicValue())
                .bytes();
        return new Say("kex-init", payload);
    }

    private static WireWriter bounds(WireWriter writer) {
        return writer.writeUint32(GroupShare.LEAST_BITS)
                .writeUint32(GroupShare.WANTED_BITS)
                .writeUint32(GroupShare.MOST_BITS);
    }
}
