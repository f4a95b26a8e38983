package rstprobe.ssh;

import java.util.OptionalInt;

/// One session of a user who is in (RFC 4254 §6): a channel, the command `true`, a rest, and a polite end.
///
/// A channel alone shows little: only when a command is to run does a server set up what a session needs (its
/// account, root directory and shell), and only then do both sides mark their packets anew. `true` does
/// nothing and ends at once, so the rest that follows is that of a connection nobody uses.
final class SessionChannel {
    private static final String COMMAND = "true";
    private static final int OURS = 0;
    private static final long WINDOW = 1 << 21;
    private static final long MAXIMUM_PACKET = 1 << 15;
    /// TCP has repeated a lost segment four times by then; then we mark as before.
    private static final int MARKING_MILLIS = 3_000;
    /// So many requests of the server are noted; all are answered.
    private static final int MOST_NOTED = 200;

    private static final int LONGEST_SIGNAL = 16;

    /// What is under way.
    private enum State {
        OPENING,
        STARTING,
        CLOSED,
        ASKING
    }

    private final long stayMillis;
    private final Course course;
    private final Transport transport;
    private State state = State.OPENING;
    private long theirs;
    private boolean started;
    private boolean ended;
    private boolean restored;
    private int noted;
    private int waits;
    private OptionalInt patience = OptionalInt.empty();

    SessionChannel(long stayMillis, Course course, Transport transport) {
        this.stayMillis = stayMillis;
        this.course = course;
        this.transport = transport;
    }

    /// How many things were waited for.
    int waits() {
        return waits;
    }

    /// How long the present one may take; empty for as long as any answer.
    OptionalInt patienceMillis() {
        return patience;
    }

    /// Asks for a channel.
    void begin() {
        await(OptionalInt.empty());
        byte[] open = new WireWriter()
                .writeByte(Numbers.CHANNEL_OPEN)
                .writeText("session")
                .writeUint32(OURS)
                .writeUint32(WINDOW)
                .writeUint32(MAXIMUM_PACKET)
                .bytes();
        transport.say("channel-open", open);
    }

    /// Takes a message of the server. What a command prints, and how much the server would read, changes
    /// nothing.
    ///
    /// @return whether it means something here
    boolean on(int number, WireReader reader, long atNanos) throws Malformed {
        switch (number) {
            case Numbers.CHANNEL_OPEN_CONFIRMATION -> opened(reader);
            case Numbers.CHANNEL_OPEN_FAILURE -> refused(reader);
            case Numbers.CHANNEL_SUCCESS -> started = true;
            case Numbers.CHANNEL_FAILURE -> close();
            case Numbers.CHANNEL_REQUEST -> requested(reader);
            case Numbers.CHANNEL_CLOSE -> closed(atNanos);
            case Numbers.GLOBAL_REQUEST -> asked(reader);
            case Numbers.REQUEST_SUCCESS, Numbers.REQUEST_FAILURE, Numbers.UNIMPLEMENTED -> answered(atNanos);
            case Numbers.IGNORE, Numbers.DEBUG, Numbers.EXT_INFO -> {}
            default -> {
                return number > Numbers.CHANNEL_OPEN_FAILURE && number < Numbers.CHANNEL_CLOSE;
            }
        }
        return true;
    }

    private void opened(WireReader reader) throws Malformed {
        reader.readUint32();
        theirs = reader.readUint32();
        if (state != State.OPENING) {
            throw new Malformed("consent to a channel we did not ask for");
        }
        state = State.STARTING;
        course.saw(new Observation.SessionOpened());
        await(OptionalInt.of(MARKING_MILLIS));
        transport.say("exec", request("exec").writeByte(1).writeText(COMMAND).bytes());
    }

    private WireWriter request(String name) {
        return new WireWriter()
                .writeByte(Numbers.CHANNEL_REQUEST)
                .writeUint32(theirs)
                .writeText(name);
    }

    private void refused(WireReader reader) throws Malformed {
        reader.readUint32();
        int reason = (int) reader.readUint32();
        byte[] text = reader.left() == 0 ? new byte[0] : reader.readString();
        if (state != State.OPENING) {
            throw new Malformed("refusal of a channel we did not ask for");
        }
        state = State.CLOSED;
        course.saw(new Observation.SessionRefused(reason, Samples.of(text)));
        course.pass(Stage.IDLE);
        rest();
    }

    /// How a command ended (RFC 4254 §6.10); anything else that is wanted of us is refused.
    private void requested(WireReader reader) throws Malformed {
        reader.readUint32();
        String name = reader.readText();
        boolean answer = reader.readBoolean();
        switch (name) {
            case "exit-status" -> ended(OptionalInt.of((int) reader.readUint32()), "");
            case "exit-signal" -> ended(OptionalInt.empty(), reader.readText());
            default -> {
                if (answer && state == State.STARTING) {
                    transport.say("channel-failure", ofChannel(Numbers.CHANNEL_FAILURE));
                }
            }
        }
    }

    private void ended(OptionalInt exit, String signal) {
        if (!ended) {
            ended = true;
            String name = signal.replaceAll("[^A-Z0-9]", "");
            course.saw(new Observation.CommandEnded(
                    started, exit, name.substring(0, Math.min(name.length(), LONGEST_SIGNAL))));
        }
    }

    private void close() {
        if (state == State.STARTING) {
            state = State.CLOSED;
            transport.say("channel-close", ofChannel(Numbers.CHANNEL_CLOSE));
        }
    }

    private byte[] ofChannel(int number) {
        return new WireWriter().writeByte(number).writeUint32(theirs).bytes();
    }

    private void closed(long atNanos) {
        close();
        if (course.stage() == Stage.SESSION) {
            ended(OptionalInt.empty(), "");
            course.complete(Stage.IDLE, atNanos);
            rest();
        }
    }

    /// RFC 4254 §4: whoever wants an answer gets one, which is what keepalives are for.
    private void asked(WireReader reader) throws Malformed {
        String name = reader.readText();
        if (reader.readBoolean()) {
            transport.say("request-failure", new byte[] {Numbers.REQUEST_FAILURE});
        }
        if (noted++ < MOST_NOTED) {
            course.saw(new Observation.Tolerated(
                    "global-request", Samples.of(name.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))));
        }
    }

    private void rest() {
        if (stayMillis == 0) {
            leave();
            return;
        }
        await(OptionalInt.of((int) stayMillis));
    }

    private void answered(long atNanos) {
        if (state == State.ASKING) {
            course.complete(Stage.IDLE, atNanos);
            leave();
        }
    }

    private void leave() {
        transport.goodbye(Numbers.BY_APPLICATION, "done", true);
        course.end(new Outcome.Completed());
    }

    /// The wait ran out: of a rest, which then ends with a question, or of an answer to the first message
    /// with a new marking, which is then taken back.
    ///
    /// @return whether there is something left to try
    boolean silence() {
        if (state == State.STARTING && !restored) {
            restored = true;
            course.saw(new Observation.MarkingRestored());
            await(OptionalInt.empty());
            return true;
        }
        if (course.stage() == Stage.IDLE && state == State.CLOSED) {
            state = State.ASKING;
            course.saw(new Observation.AskedAgain());
            await(OptionalInt.empty());
            byte[] question = new WireWriter()
                    .writeByte(Numbers.GLOBAL_REQUEST)
                    .writeText("keepalive@openssh.com")
                    .writeByte(1)
                    .bytes();
            transport.say("keepalive", question);
            return true;
        }
        return false;
    }

    private void await(OptionalInt millis) {
        waits++;
        patience = millis;
    }
}
