package rstprobe.diagnose;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rstprobe.record.Event;
import rstprobe.record.Recording;

/// What happens on the wire in each kind of failure, as scripts.
final class Stories {
    private static final String CONNECTS = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            """;
    private static final String GREETED = CONNECTS + """
            20.2 < ACK data=40
            ! identification SSH-2.0-OpenSSH_9.2p1
            20.3 > ACK
            """;

    static final String HEALTHY = GREETED + """
            30.4 < ACK data=1000
            = completed
            """;
    static final String FORGED = CONNECTS + """
            10.4 < RST ttl=63 tos=0 win=1000 id=777
            = reset identification
            20.4 < ACK ack=23
            25.2 < ACK data=40
            """;
    static final String STEALTH = GREETED + """
            21.0 < RST,ACK ttl=62 id=0 win=0 -ts
            = reset kexinit
            """;
    static final String SOCKET_ABORT = GREETED + """
            31.0 < RST,ACK
            = reset kexinit
            """;
    static final String LATE_COPY_CROSSES = CONNECTS + """
            20.2 < ACK data=40
            20.3 > ACK
            31.0 < RST,ACK seq=40
            31.9 < ACK seq=0 data=40 tsval=24 id=39999
            = reset kexinit
            """;
    static final String FAST_CLOCK_CROSSES = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK tsval=0
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            40.0 < RST,ACK tsval=30000
            48.0 < ACK data=40 tsval=29900
            = reset identification
            """;
    static final String HOST_FILTER_REJECTS = CONNECTS + """
            20.2 < RST tos=0
            = reset identification
            40.3 < ACK data=40 ack=0
            250.0 < ACK seq=0 data=40 ack=0
            700.0 < ACK seq=0 data=40 ack=0
            """;
    static final String ROUTER_REJECTS_LATER = CONNECTS + """
            10.5 < RST tos=0 ttl=64
            = reset identification
            40.3 < ACK data=40 ack=0
            250.0 < ACK seq=0 data=40 ack=0
            700.0 < ACK seq=0 data=40 ack=0
            """;
    static final String FIN_THEN_RESET = GREETED + """
            30.0 < FIN,ACK
            30.1 > ACK data=100 msg=kexinit
            40.1 < RST
            = reset kexinit
            """;
    static final String STATE_LOST = GREETED + """
            30.1 > ACK data=100 msg=kexinit
            40.1 < RST
            = reset kexinit
            """;
    static final String RESET_INSIDE_CONNECT = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            20.2 < RST tos=0
            = refused ECONNRESET
            """;
    static final String NO_LISTENER = """
            talk
            0.0  > SYN
            10.0 < RST,ACK
            = refused ECONNREFUSED
            """;
    static final String REFUSED_TOS_ZERO = """
            talk
            0.0  > SYN
            10.0 < RST,ACK tos=0
            = refused ECONNREFUSED
            """;
    static final String REWRITTEN_SYN_ACK = """
            talk
            0.0  > SYN
            10.0 < RST,ACK tos=0 rawseq=991199 mss
            = refused ECONNREFUSED
            """;
    static final String RESET_BEFORE_SYN_ACK = """
            talk
            0.0  > SYN
            1.0  < RST,ACK tos=0 ttl=64
            = refused ECONNREFUSED
            10.0 < SYN,ACK
            """;
    static final String SYN_DROPPED = """
            talk
            0.0    > SYN
            1000.0 > SYN
            3000.0 > SYN
            7000.0 > SYN
            = unanswered
            """;
    static final String NO_SYN_LEFT = """
            talk
            = refused EPERM
            """;
    static final String NO_SYN_AND_SILENCE = """
            talk
            = unanswered
            """;
    static final String NEIGHBOUR_SILENT = """
            talk
            = refused EHOSTUNREACH
            """;
    static final String NOT_SSH = CONNECTS + """
            20.2 < ACK data=200
            = http identification
            """;
    static final String NO_COMMON_ALGORITHM = GREETED + """
            30.0 < ACK data=300
            = algorithms
            """;
    static final String VERSION_MISMATCH = CONNECTS + """
            20.2 < ACK data=13
            = version
            """;
    static final String MAX_STARTUPS_FIN = CONNECTS + """
            20.2 < ACK text=Exceeded_MaxStartups
            20.3 < FIN,ACK
            ! text Exceeded MaxStartups
            = closed identification
            """;
    static final String MAX_STARTUPS_RESET = CONNECTS + """
            20.2 < ACK text=Exceeded_MaxStartups
            20.3 < RST,ACK
            ! text Exceeded MaxStartups
            = reset identification
            """;
    static final String PENALTY = CONNECTS + """
            20.2 < ACK text=Not_allowed_at_this_time
            20.3 < FIN,ACK
            ! text Not allowed at this time
            = closed identification
            """;
    static final String CLOSED = GREETED + """
            30.0 < FIN,ACK
            = closed kexinit
            """;
    static final String SILENT = CONNECTS + """
            20.2 < ACK
            = silent identification
            """;
    static final String QUEUE_FULL = CONNECTS + """
            1010.0 < SYN,ACK
            3010.0 < SYN,ACK
            = silent identification
            """;
    static final String GARBLED = GREETED + """
            30.0 < ACK data=200
            = garbled kexinit
            """;
    static final String INTERMITTENT = SOCKET_ABORT + HEALTHY;
    static final String IGNORED_FORGERY = CONNECTS + """
            10.4 < RST ttl=63 tos=0 seq=5000
            20.2 < ACK data=40
            30.4 < ACK data=1000
            = completed
            """;
    static final String IGNORED_FORGERY_THEN_ABORT = CONNECTS + """
            10.4 < RST ttl=128 tos=0 seq=5000
            20.2 < ACK data=40
            20.3 > ACK
            31.0 < RST,ACK
            = reset kexinit
            """;
    static final String INTERRUPTED = """
            talk
            0.0  > SYN
            = interrupted
            """;
    static final String BYTES_CLOSED_IN_ORDER = SOCKET_ABORT + SOCKET_ABORT + """
            bytes
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK data=1 msg=identification of=23
            20.2 < ACK data=40
            60.0 < FIN,ACK
            = closed kexinit
            """;
    static final String OLD_KERNEL_STATE_LOST = GREETED + """
            30.1 > ACK data=100 msg=kexinit
            40.1 < RST id=63752
            = reset kexinit
            """;
    static final String BSD_ABORT_WITHOUT_TIMESTAMPS = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK id=4711
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            20.2 < ACK data=40 id=9000
            20.3 > ACK
            31.0 < RST,ACK -ts id=31000
            = reset kexinit
            """;
    static final String TWO_SERVERS_BEHIND_ONE_ADDRESS = CONNECTS + """
            20.2 < RST
            = reset identification
            1030.0 < SYN,ACK seq=123456
            """;
    static final String SLOW_FIRST_SYN = """
            talk
            0.0    > SYN
            1000.0 > SYN
            1010.0 < SYN,ACK
            1010.1 > ACK
            1010.2 > ACK data=23 msg=identification
            1020.3 < RST
            = reset identification
            """;

    private Stories() {}

    /// Those whose verdict names somebody, by name.
    static Map<String, String> accusing() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("forged", FORGED);
        all.put("stealth", STEALTH);
        all.put("socket abort", SOCKET_ABORT);
        all.put("host filter rejects", HOST_FILTER_REJECTS);
        all.put("router rejects later", ROUTER_REJECTS_LATER);
        all.put("state lost", STATE_LOST);
        all.put("no listener", NO_LISTENER);
        all.put("rewritten", REWRITTEN_SYN_ACK);
        all.put("reset before SYN-ACK", RESET_BEFORE_SYN_ACK);
        all.put("SYN dropped", SYN_DROPPED);
        all.put("MaxStartups", MAX_STARTUPS_RESET);
        all.put("penalty", PENALTY);
        all.put("not SSH", NOT_SSH);
        all.put("version", VERSION_MISMATCH);
        all.put("algorithms", NO_COMMON_ALGORITHM);
        return all;
    }

    /// A recording in which this happened instead.
    static Recording with(Recording recording, List<Event> events) {
        return new Recording(
                recording.startedNanos(),
                recording.plan(),
                recording.host(),
                recording.target(),
                events,
                recording.frames(),
                recording.capture());
    }
}
