package rstprobe.capture;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The records of one file format.
sealed interface Records permits PcapRecords, PcapngRecords, Records.None {
    /// How many bytes tell the format.
    int MAGIC_BYTES = 4;

    /// The next frame, or none at the end.
    Optional<Frame> next() throws IOException, DamagedException;

    SectionFacts section();

    List<InterfaceFacts> interfaces();

    List<InterfaceStatistics> statistics();

    /// The format that the first bytes of the window announce.
    static Records of(ByteWindow window) throws IOException, DamagedException {
        if (!window.require(MAGIC_BYTES)) {
            String why = window.available() == 0 ? "the file is empty" : "the file ends within its first four bytes";
            throw new DamagedException(Damage.Kind.CUT, 0, why);
        }
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            window.order(order);
            int magic = window.i32(0);
            if (magic == Pcapng.SECTION) {
                return new PcapngRecords(window);
            }
            Optional<PcapRecords.Flavour> flavour = PcapRecords.Flavour.of(magic);
            if (flavour.isPresent()) {
                return new PcapRecords(window, flavour.get());
            }
        }
        String first = HexFormat.ofDelimiter(" ").formatHex(window.copy(0, MAGIC_BYTES));
        throw new DamagedException(
                Damage.Kind.NOT_A_CAPTURE, 0, "it begins with " + first + ", which is neither pcap nor pcapng");
    }

    /// Of a file that is no capture.
    record None() implements Records {
        @Override
        public Optional<Frame> next() {
            return Optional.empty();
        }

        @Override
        public SectionFacts section() {
            return SectionFacts.NONE;
        }

        @Override
        public List<InterfaceFacts> interfaces() {
            return List.of();
        }

        @Override
        public List<InterfaceStatistics> statistics() {
            return List.of();
        }
    }
}
