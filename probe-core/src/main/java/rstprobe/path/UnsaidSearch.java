package rstprobe.path;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Whether what is much too long vanishes unsaid where what is a little too long is told of: two limits, of which the
/// farther one speaks and the nearer one does not.
///
/// Both lengths are sent in turns, since a router that says so only a few times a second is silent now and then about
/// any.
final class UnsaidSearch {
    private static final int TURNS = 5;
    private static final int ENOUGH = 3;

    private final int told;
    private final int unsaid;
    private final ProbeKind kind;
    private List<PathProbe> flight = List.of();
    private boolean sent;
    private int toldOf;
    private int unsaidOf;

    /// @param told   a length that is told of
    /// @param unsaid the shortest of those that were not
    UnsaidSearch(int told, int unsaid, ProbeKind kind) {
        this.told = told;
        this.unsaid = unsaid;
        this.kind = kind;
    }

    List<PathProbe> next(Numbering numbers) {
        List<PathProbe> turns = new ArrayList<>();
        for (int i = 0; i < TURNS && !sent; i++) {
            turns.add(numbers.far(kind, unsaid));
            turns.add(numbers.far(kind, told));
        }
        sent = true;
        flight = List.copyOf(turns);
        return flight;
    }

    void on(Round round) {
        for (PathProbe probe : flight) {
            if (round.answer(probe).orElse(null) instanceof Heard.TooBig) {
                toldOf += probe.bytes() == told ? 1 : 0;
                unsaidOf += probe.bytes() == unsaid ? 1 : 0;
            }
        }
    }

    /// The shortest length that is known to vanish unsaid; empty where it is told of as well.
    OptionalInt unsaid() {
        return sent && unsaidOf == 0 && toldOf >= ENOUGH ? OptionalInt.of(unsaid) : OptionalInt.empty();
    }
}
