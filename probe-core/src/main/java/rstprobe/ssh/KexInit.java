package rstprobe.ssh;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// One side's KEXINIT (RFC 4253 §7.1).
///
/// @param payload the message as it goes into the exchange hash
/// @param offer its lists, markers included
/// @param follows whether a guessed key exchange message comes right after it
record KexInit(byte[] payload, Algorithms offer, boolean follows) {
    /// Asks for extensions (RFC 8308 §2.1).
    static final String EXTENSIONS_TO_CLIENT = "ext-info-c";

    static final String EXTENSIONS_TO_SERVER = "ext-info-s";
    /// Strict key exchange, OpenSSH's PROTOCOL §1.9.
    static final String STRICT_CLIENT = "kex-strict-c-v00@openssh.com";

    static final String STRICT_SERVER = "kex-strict-s-v00@openssh.com";

    private static final int COOKIE_BYTES = 16;
    private static final int LONGEST_NAME = 64;
    private static final int LEAST_PACKET_OVERHEAD = 4 + 1 + 4;

    /// Our message for a plan.
    static KexInit of(HandshakePlan plan, SecureRandom random) {
        byte[] cookie = new byte[COOKIE_BYTES];
        random.nextBytes(cookie);
        byte[] natural = payload(plan, cookie, "");
        int missing = plan.kexInitBytes() - natural.length - LEAST_PACKET_OVERHEAD;
        byte[] payload = missing <= 0 ? natural : payload(plan, cookie, filler(missing));
        return new KexInit(payload, plan.offer(), false);
    }

    /// Reads the server's message, message number included.
    static KexInit parse(byte[] payload) throws Malformed {
        WireReader reader = new WireReader(payload);
        if (reader.readByte() != Numbers.KEXINIT) {
            throw new Malformed("not a KEXINIT");
        }
        reader.readBytes(COOKIE_BYTES);
        Algorithms offer = new Algorithms(
                reader.readNames(),
                reader.readNames(),
                reader.readNames(),
                reader.readNames(),
                reader.readNames(),
                reader.readNames(),
                reader.readNames(),
                reader.readNames());
        reader.readNames();
        reader.readNames();
        boolean follows = reader.readBoolean();
        reader.readUint32();
        return new KexInit(payload, offer, follows);
    }

    private static byte[] payload(HandshakePlan plan, byte[] cookie, String filler) {
        List<String> kex = new ArrayList<>(plan.offer().kex());
        if (plan.extensionInfo()) {
            kex.add(EXTENSIONS_TO_CLIENT);
        }
        if (plan.strict()) {
            kex.add(STRICT_CLIENT);
        }
        return new WireWriter()
                .writeByte(Numbers.KEXINIT)
                .writeBytes(cookie)
                .writeNames(kex)
                .writeNames(plan.offer().hostKeys())
                .writeNames(plan.offer().ciphersOut())
                .writeNames(plan.offer().ciphersIn())
                .writeNames(plan.offer().macsOut())
                .writeNames(plan.offer().macsIn())
                .writeNames(plan.offer().compressionOut())
                .writeNames(plan.offer().compressionIn())
                .writeText(filler)
                .writeText("")
                .writeByte(0)
                .writeUint32(0)
                .bytes();
    }

    /// Names of languages nobody speaks. That list alone may hold what no server acts on; padding ends at 255 bytes.
    private static String filler(int bytes) {
        StringBuilder names = new StringBuilder(bytes);
        for (int i = 0; i < bytes; i++) {
            boolean comma = i % (LONGEST_NAME + 1) == LONGEST_NAME && i < bytes - 1;
            names.append(comma ? ',' : 'x');
        }
        return names.toString();
    }
}
