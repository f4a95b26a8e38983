package rstprobe.path;

import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/// What the server's own long segments show of the way back: the answer of a key exchange is longer than a segment,
/// so its head fills one, and the tail comes in a short one.
///
/// Where the head is too long for the path and nobody tells the server, the tail arrives and the head never does.
final class TcpTalk {
    private final int first;
    private final int longest;
    private final TreeMap<Integer, Integer> pieces = new TreeMap<>();
    private int largest;
    private boolean begun;
    private OptionalInt holeFrame = OptionalInt.empty();

    /// @param first   number of the server's first byte
    /// @param longest IP packet that the server may send: our MSS and the headers
    TcpTalk(int first, int longest) {
        this.first = first;
        this.longest = longest;
    }

    /// A packet that is longer than may be was merged after it came, and its size says nothing.
    void on(Heard.Said said) {
        int from = said.sequence() - first;
        pieces.merge(from, from + said.length(), Math::max);
        begun = true;
        if (said.bytes() <= longest) {
            largest = Math.max(largest, said.bytes());
        }
        if (gap() && holeFrame.isEmpty()) {
            holeFrame = OptionalInt.of(said.frame());
        }
    }

    /// Bytes from the first on that came without a gap.
    int inOrder() {
        int end = 0;
        for (Map.Entry<Integer, Integer> piece : pieces.entrySet()) {
            if (piece.getKey() > end) {
                return end;
            }
            end = Math.max(end, piece.getValue());
        }
        return end;
    }

    /// Whether bytes are missing before some that came.
    boolean gap() {
        return !pieces.isEmpty() && pieces.lastKey() > inOrder();
    }

    /// Whether it shows that its longest passes, or that it does not.
    boolean tells() {
        return full() || gap();
    }

    boolean begun() {
        return begun;
    }

    /// The longest packet of the server's that came; 0 where none did.
    int largest() {
        return largest;
    }

    /// Whether one came that is as long as the server may send.
    boolean full() {
        return largest >= longest;
    }

    int longest() {
        return longest;
    }

    /// The frame that came with a hole before it.
    OptionalInt holeFrame() {
        return holeFrame;
    }
}
