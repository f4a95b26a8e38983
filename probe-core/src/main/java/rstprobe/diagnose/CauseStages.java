package rstprobe.diagnose;

import java.util.EnumMap;
import java.util.Map;
import rstprobe.ssh.Stage;

/// At which stages of a handshake a cause that lies on the server can end it.
final class CauseStages {
    /// From one stage to another, both included.
    private record Span(Stage first, Stage last) {}

    private static final Map<Cause, Span> SPANS = new EnumMap<>(Cause.class);

    static {
        span(Stage.CONNECT, Stage.CONNECT, Cause.NO_LISTENER, Cause.REJECTED_WITH_ICMP, Cause.REJECTED_WITH_RESET);
        span(Stage.CONNECT, Stage.CONNECT, Cause.SYN_DROPPED, Cause.RATE_LIMITED);
        span(Stage.CONNECT, Stage.IDLE, Cause.BANNED, Cause.CONNECTION_TABLE_FULL);
        span(Stage.CONNECT, Stage.IDENTIFICATION, Cause.ACCEPT_QUEUE_OVERFLOW, Cause.LISTENER_DIED);
        span(Stage.CONNECT, Stage.KEX, Cause.SSHD_CANNOT_START);
        span(Stage.CONNECT, Stage.IDENTIFICATION, Cause.CONNECTION_LIMIT);
        span(Stage.IDENTIFICATION, Stage.IDENTIFICATION, Cause.TCP_WRAPPERS, Cause.MAX_STARTUPS, Cause.SOURCE_PENALTY);
        span(Stage.IDENTIFICATION, Stage.IDENTIFICATION, Cause.LISTENER_STALLED, Cause.PROXY_PROTOCOL_MISMATCH);
        span(Stage.IDENTIFICATION, Stage.IDENTIFICATION, Cause.NO_HEALTHY_BACKEND, Cause.MULTIPLEXER);
        span(Stage.IDENTIFICATION, Stage.IDENTIFICATION, Cause.NOT_SSH, Cause.TARPIT);
        span(Stage.IDENTIFICATION, Stage.KEXINIT, Cause.IDENTIFICATION_GARBLED, Cause.VERSION_MISMATCH);
        span(Stage.IDENTIFICATION, Stage.IDLE, Cause.ESTABLISHED_DROPPED, Cause.ESTABLISHED_REJECTED);
        span(Stage.IDENTIFICATION, Stage.USERAUTH, Cause.GRACE_TIME_EXCEEDED, Cause.SSHD_LACKS_CAPABILITY);
        span(Stage.IDENTIFICATION, Stage.IDLE, Cause.SESSION_PROCESS_DIED, Cause.CONNECTION_STATE_LOST);
        span(Stage.IDENTIFICATION, Stage.IDLE, Cause.ABORTED_WITHOUT_REASON, Cause.STREAM_CORRUPTED);
        span(Stage.KEXINIT, Stage.KEX, Cause.NO_COMMON_ALGORITHM);
        span(Stage.KEXINIT, Stage.KEX, Cause.STRICT_KEX_VIOLATION);
        span(Stage.CONNECT, Stage.CONNECT, Cause.ONE_FAMILY_BROKEN, Cause.HOST_UNREACHABLE);
        span(Stage.SERVICE, Stage.USERAUTH, Cause.USER_REFUSED, Cause.TOO_MANY_AUTHENTICATION_FAILURES);
        // Rules of TCP wrappers about names are read before the identification, and UseDNS matters at the login.
        span(Stage.IDENTIFICATION, Stage.USERAUTH, Cause.SLOW_DNS);
        span(Stage.SERVICE, Stage.SESSION, Cause.SLOW_AUTHENTICATION);
        span(Stage.SESSION, Stage.SESSION, Cause.MAX_SESSIONS);
        span(Stage.SESSION, Stage.IDLE, Cause.KEEPALIVE_EXPIRED, Cause.SESSION_KILLED);
    }

    private CauseStages() {}

    private static void span(Stage first, Stage last, Cause... causes) {
        for (Cause cause : causes) {
            SPANS.put(cause, new Span(first, last));
        }
    }

    static boolean could(Cause cause, Stage stage) {
        Span span = SPANS.get(cause);
        return span != null && span.first.compareTo(stage) <= 0 && stage.compareTo(span.last) <= 0;
    }
}
