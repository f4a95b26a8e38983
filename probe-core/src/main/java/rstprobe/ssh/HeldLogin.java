package rstprobe.ssh;

/// A user who is in and opens no session (as `ssh -N` does): says nothing unless told to, and answers what a server
/// asks, since a server that keeps its clients alive ends those that do not.
final class HeldLogin {
    private final Course course;
    private final Transport transport;

    HeldLogin(Course course, Transport transport) {
        this.course = course;
        this.transport = transport;
    }

    /// Takes a message of the server.
    ///
    /// @return whether it means something here
    boolean on(int number, WireReader reader) throws Malformed {
        if (number == Numbers.GLOBAL_REQUEST) {
            reader.readText();
            if (reader.readBoolean()) {
                transport.say("request-failure", new byte[] {Numbers.REQUEST_FAILURE});
            }
            return true;
        }
        return number == Numbers.IGNORE || number == Numbers.DEBUG || number == Numbers.EXT_INFO;
    }

    /// Asks what only TCP answers (RFC 4253 §11.2).
    void ask() {
        transport.say(
                "ignore",
                new WireWriter().writeByte(Numbers.IGNORE).writeText("").bytes());
    }

    void leave() {
        transport.goodbye(Numbers.BY_APPLICATION, "done", true);
        course.end(new Outcome.Completed());
    }
}
