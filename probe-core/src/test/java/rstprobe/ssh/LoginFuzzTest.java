package rstprobe.ssh;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Messages from a hostile server to a client that logs in. Whatever they are, they are taken or refused,
/// what we say is bounded by what we were told, and a signature is only ever wanted for the key that was just
/// offered.
class LoginFuzzTest {
    private static final byte[] HOST = {1, 2, 3};
    private static final Login.Identity OURS = Login.Identity.of(new WireWriter()
                    .writeText("ssh-ed25519")
                    .writeString(new byte[32])
                    .bytes())
            .orElseThrow();
    private static final int MOST_A_MESSAGE = 2;

    @FuzzTest
    void anything_while_logging_in(byte[] server) {
        play(server, false);
    }

    @FuzzTest
    void anything_in_a_session(byte[] server) {
        play(server, true);
    }

    /// Each message is a byte of length and that many bytes, number first; a length of 0 is a silence.
    private static void play(byte[] server, boolean in) {
        Course course = new Course();
        course.pass(Stage.USERAUTH);
        PacketReader reader = new PacketReader();
        Transport transport = new Transport(course, reader, new PacketWriter(new SeededRandom(1)));
        Login login = new Login(List.of(new Login.Known(HOST, false)), List.of(OURS), 1_000);
        UserLogin steps = new UserLogin(login, "anna", course, transport);
        steps.begin(HOST, new byte[32], new Observation.AuthMethods(List.of("publickey"), in), 0);
        List<String> said = new ArrayList<>(names(course));
        int messages = 0;
        for (int at = 0; at < server.length && !course.ended(); messages++) {
            int length = Math.min(server[at] & 0xff, server.length - at - 1);
            byte[] message = Arrays.copyOfRange(server, at + 1, at + 1 + length);
            at += 1 + length;
            step(steps, course, message);
            List<String> more = names(course);
            said.addAll(more);
            if (more.size() > MOST_A_MESSAGE) {
                throw new AssertionError(more + " as an answer to one message");
            }
            steps.wanted().ifPresent(wanted -> {
                if (wanted.identity() != 0 || !said.contains("userauth-publickey")) {
                    throw new AssertionError("a signature is wanted for a key that was not offered");
                }
            });
        }
        if (said.stream().filter("userauth-publickey"::equals).count() > 1) {
            throw new AssertionError("a key was offered twice: " + said);
        }
    }

    private static void step(UserLogin steps, Course course, byte[] message) {
        try {
            if (message.length == 0) {
                if (!steps.silence()) {
                    course.end(new Outcome.SilentAt(course.stage()));
                }
                return;
            }
            WireReader reader = new WireReader(message);
            steps.on(reader.readByte(), reader, 0);
        } catch (Malformed found) {
            course.end(new Outcome.Garbled(course.stage(), found.what(), message));
        }
    }

    private static List<String> names(Course course) {
        return course.step().sends().stream().map(Message::name).toList();
    }
}
