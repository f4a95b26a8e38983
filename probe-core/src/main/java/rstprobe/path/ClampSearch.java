package rstprobe.path;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Where the maximum segment size of a SYN is lowered: one SYN for each hop, none of which reaches the target.
///
/// Hops that quote no more than RFC 792 asks for do not tell.
final class ClampSearch {
    private static final int MOST_HOPS = 30;

    private final int bytes;
    private final int headers;
    private final int hops;
    private final TreeMap<Integer, Integer> seen = new TreeMap<>();
    private List<PathProbe> flight = List.of();
    private boolean sent;

    /// @param bytes    the longest packet that the announced size allows
    /// @param headers  of IP and TCP, bytes
    /// @param hopsAway the target
    ClampSearch(int bytes, int headers, int hopsAway) {
        this.bytes = bytes;
        this.headers = headers;
        this.hops = Math.min(hopsAway - 1, MOST_HOPS);
    }

    List<PathProbe> next(Numbering numbers) {
        flight = sent
                ? List.of()
                : IntStream.rangeClosed(1, hops)
                        .mapToObj(ttl -> numbers.of(ProbeKind.OPENING, bytes, ttl, true))
                        .toList();
        sent = true;
        return flight;
    }

    void on(Round round) {
        for (PathProbe probe : flight) {
            if (round.answer(probe).orElse(null)
                            instanceof Heard.Expired(long _, int _, int _, String _, OptionalInt mss)
                    && mss.isPresent()) {
                seen.put(probe.ttl(), mss.getAsInt());
            }
        }
    }

    /// The first clamp on the way; empty where no hop tells of one.
    Optional<MssClamp> clamp() {
        int announced = bytes - headers;
        int after = 0;
        for (Map.Entry<Integer, Integer> hop : seen.entrySet()) {
            if (hop.getValue() < announced) {
                return Optional.of(new MssClamp(announced, hop.getValue(), after, hop.getKey()));
            }
            after = hop.getKey();
        }
        return Optional.empty();
    }
}
