package rstprobe.ssh;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Bytes from a hostile server, as far as they reach without keys. Whatever they are, each ends as a finding.
class HandshakeFuzzTest {
    private static final HandshakePlan PLAN =
            HandshakePlan.standard("nobody").withOffer(Algorithms.standard().withKex(List.of("curve25519-sha256")));

    @FuzzTest
    void anything_instead_of_an_identification(byte[] server) {
        same(server);
    }

    @FuzzTest
    void anything_after_an_identification(byte[] server) {
        same(Script.identified().raw(server).bytes());
    }

    @FuzzTest
    void anything_as_a_kexinit(byte[] body) {
        byte[] payload = new WireWriter()
                .writeByte(Numbers.KEXINIT)
                .writeBytes(new byte[16])
                .writeBytes(body)
                .bytes();
        same(Script.identified().packet(payload).bytes());
    }

    @FuzzTest
    void anything_as_a_goodbye(byte[] body) {
        byte[] payload =
                new WireWriter().writeByte(Numbers.DISCONNECT).writeBytes(body).bytes();
        same(Script.identified().packet(payload).bytes());
    }

    @FuzzTest
    void anything_as_an_answer_in_the_key_exchange(byte[] body) {
        byte[] payload =
                new WireWriter().writeByte(Numbers.KEX_REPLY).writeBytes(body).bytes();
        same(Script.identified().kexInit(PLAN.offer(), false).packet(payload).bytes());
    }

    @FuzzTest
    void anything_as_a_host_key_and_signature(byte[] body) {
        String[] types = {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp521", "rsa-sha2-512"};
        String algorithm = types[body.length % types.length];
        String type = algorithm.startsWith("rsa") ? "ssh-rsa" : algorithm;
        int half = body.length / 2;
        byte[] key = new WireWriter()
                .writeText(type)
                .writeBytes(Arrays.copyOf(body, half))
                .bytes();
        byte[] signature = new WireWriter()
                .writeText(algorithm)
                .writeString(Arrays.copyOfRange(body, half, body.length))
                .bytes();
        try {
            if (HostKeys.check(algorithm, key, signature, new byte[32]).verified()) {
                throw new AssertionError("forged: " + new String(key, StandardCharsets.ISO_8859_1));
            }
        } catch (Malformed found) {
            return;
        }
    }

    /// The story must not depend on how the bytes are cut, and the end must be an outcome.
    private static void same(byte[] server) {
        Input end = new Input.Closed(2);
        Story whole = Script.play(PLAN, server, end);
        Story bytewise = Script.playBytewise(PLAN, server, end);
        if (whole.outcome().isEmpty() || !whole.toString().equals(bytewise.toString())) {
            throw new AssertionError(whole + "\n---\n" + bytewise);
        }
    }
}
