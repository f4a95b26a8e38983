package rstprobe.wire;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The options of a TCP header, in order.
///
/// @param list every option, padding included
/// @param ending how the list ended
public record TcpOptions(List<TcpOption> list, Ending ending) {
    /// A header of 20 bytes.
    public static final TcpOptions NONE = new TcpOptions(List.of(), Ending.WHOLE);

    /// How the list of options ended.
    public enum Ending {
        /// At the end of the header, or with an end-of-list option.
        WHOLE,
        /// With an option that is shorter than two bytes or longer than the header.
        MALFORMED,
        /// Where the capture or the quotation ended.
        CUT
    }

    /// Keeps its own copy of the list.
    public TcpOptions {
        list = List.copyOf(list);
    }

    /// These options, whole.
    public static TcpOptions of(TcpOption... options) {
        return new TcpOptions(List.of(options), Ending.WHOLE);
    }

    /// The announced maximum segment size, bytes.
    public OptionalInt mss() {
        return the(TcpOption.MaximumSegmentSize.class)
                .map(option -> OptionalInt.of(option.bytes()))
                .orElse(OptionalInt.empty());
    }

    /// The window shift as sent.
    public OptionalInt windowScale() {
        return the(TcpOption.WindowScale.class)
                .map(option -> OptionalInt.of(option.shift()))
                .orElse(OptionalInt.empty());
    }

    /// True where selective acknowledgements are permitted.
    public boolean sackPermitted() {
        return the(TcpOption.SackPermitted.class).isPresent();
    }

    /// The selective-acknowledgement blocks; empty where there are none.
    public List<TcpOption.SackBlock> sack() {
        return the(TcpOption.Sack.class).map(TcpOption.Sack::blocks).orElse(List.of());
    }

    /// The timestamps.
    public Optional<TcpOption.Timestamps> timestamps() {
        return the(TcpOption.Timestamps.class);
    }

    /// The kinds in order, padding included: a fingerprint of the sending stack.
    public List<Integer> order() {
        return list.stream().map(TcpOption::kind).toList();
    }

    /// True where an option breaks the format.
    public boolean malformed() {
        return ending == Ending.MALFORMED;
    }

    /// True where there is no option.
    public boolean isEmpty() {
        return list.isEmpty();
    }

    /// The first of a kind. Rules ask for one of every segment there is.
    private <T extends TcpOption> Optional<T> the(Class<T> kind) {
        for (TcpOption option : list) {
            if (kind.isInstance(option)) {
                return Optional.of(kind.cast(option));
            }
        }
        return Optional.empty();
    }
}
