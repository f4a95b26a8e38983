package rstprobe.capture;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes one pcapng section (draft-ietf-opsawg-pcapng), little-endian, times in nanoseconds.
///
/// The file is new, readable by its owner only, and only ever grows, block by block: whatever ends the process, what
/// is on disk is a capture that can be read up to its last whole block. A frame reaches the kernel at once, or, in a
/// burst, within [LiveFile#MAX_DELAY_MILLIS] ms or 64 KiB. Safe for use by several threads.
public final class PcapngWriter implements AutoCloseable {
    private final LiveFile file;
    private final List<InterfaceFacts> interfaces = new ArrayList<>();
    private int frames;

    private PcapngWriter(LiveFile file) {
        this.file = file;
    }

    /// Creates the file and writes the section's facts.
    ///
    /// @throws CaptureFileFailure if the file exists already or cannot be created
    public static PcapngWriter create(Path path, SectionFacts facts) throws CaptureFileFailure {
        PcapngWriter writer = new PcapngWriter(LiveFile.create(path));
        PcapngBlock section = new PcapngBlock(Pcapng.SECTION)
                .u32(Pcapng.BYTE_ORDER_MAGIC)
                .u16(1)
                .u16(0)
                .u64(Pcapng.LENGTH_UNKNOWN)
                .text(Pcapng.OPTION_COMMENT, facts.comment())
                .text(Pcapng.SECTION_HARDWARE, facts.hardware())
                .text(Pcapng.SECTION_OS, facts.os())
                .text(Pcapng.SECTION_APPLICATION, facts.application());
        boolean begun = false;
        try {
            writer.file.append(section.end());
            writer.file.flush();
            begun = true;
            return writer;
        } finally {
            if (!begun) {
                writer.file.close();
            }
        }
    }

    /// Describes one more interface; the first has id 0.
    ///
    /// @return the id its frames carry
    public synchronized int addInterface(InterfaceFacts facts) throws CaptureFileFailure {
        if (interfaces.size() == CaptureLimits.MAX_INTERFACES) {
            throw new IllegalStateException("a capture has at most " + CaptureLimits.MAX_INTERFACES + " interfaces");
        }
        byte[] filter = facts.filter().getBytes(StandardCharsets.UTF_8);
        byte[] filterOption = new byte[filter.length + 1];
        System.arraycopy(filter, 0, filterOption, 1, filter.length);
        PcapngBlock block = new PcapngBlock(Pcapng.INTERFACE)
                .u16(facts.link().code())
                .u16(0)
                .u32(facts.snapLength())
                .text(Pcapng.INTERFACE_NAME, facts.name())
                .option(Pcapng.INTERFACE_RESOLUTION, new byte[] {9});
        if (filter.length > 0) {
            block.option(Pcapng.INTERFACE_FILTER, filterOption);
        }
        file.append(block.end());
        interfaces.add(facts);
        return interfaces.size() - 1;
    }

    /// Writes one frame.
    ///
    /// @return the number it has in the file, which is its own number where one tap feeds one file
    /// @throws CaptureFileFailure if the disk is full or gone; the file then ends with the last whole frame
    public synchronized int write(Frame frame) throws CaptureFileFailure {
        if (frame.interfaceId() >= interfaces.size()) {
            throw new IllegalArgumentException("no interface " + frame.interfaceId() + " was added");
        }
        PcapngBlock block = new PcapngBlock(Pcapng.ENHANCED_PACKET)
                .u32(frame.interfaceId())
                .u32((int) (frame.atNanos() >>> 32))
                .u32((int) frame.atNanos())
                .u32(frame.bytes().length)
                .u32(frame.originalLength())
                .padded(frame.bytes());
        frame.comment().ifPresent(text -> block.text(Pcapng.OPTION_COMMENT, text));
        file.append(block.end());
        frames++;
        return frames;
    }

    /// Writes what an interface saw and lost.
    ///
    /// @param interfaceId which interface
    /// @param atNanos     when the counters were read, nanoseconds since 1970
    public synchronized void statistics(int interfaceId, TapStatistics counters, long atNanos)
            throws CaptureFileFailure {
        if (interfaceId < 0 || interfaceId >= interfaces.size()) {
            throw new IllegalArgumentException("no interface " + interfaceId + " was added");
        }
        file.append(new PcapngBlock(Pcapng.INTERFACE_STATISTICS)
                .u32(interfaceId)
                .u32((int) (atNanos >>> 32))
                .u32((int) atNanos)
                .counter(Pcapng.STATISTICS_RECEIVED, counters.received())
                .counter(Pcapng.STATISTICS_DROPPED_BY_INTERFACE, counters.droppedByInterface())
                .counter(Pcapng.STATISTICS_ACCEPTED, counters.received())
                .counter(Pcapng.STATISTICS_DROPPED_BY_SYSTEM, counters.droppedByKernel())
                .end());
    }

    /// Hands everything written so far to the kernel.
    public void flush() throws CaptureFileFailure {
        file.flush();
    }

    /// Flushes, forces the file to disk and closes it.
    @Override
    public void close() throws CaptureFileFailure {
        file.close();
    }

    /// Copies a capture into a new pcapng file with other comments; frames keep their bytes, times and numbers.
    ///
    /// Blocks other than sections, interfaces, frames and statistics are left behind, secrets among them. What
    /// follows damage is left behind too.
    ///
    /// @param from           a pcap or pcapng file
    /// @param to             a file that does not exist yet
    /// @param sectionComment replaces the comment of the section
    /// @param frameComments  comments by frame number; each replaces the one the frame had
    /// @return where and why `from` could not be read on, if so
    public static Optional<Damage> rewriteWithComments(
            Path from, Path to, String sectionComment, Map<Integer, String> frameComments) throws CaptureFileFailure {
        try (CaptureReader reader = CaptureReader.open(from)) {
            Optional<Frame> frame = reader.next();
            try (PcapngWriter writer = create(to, reader.section().withComment(sectionComment))) {
                while (frame.isPresent()) {
                    Frame old = frame.get();
                    writer.addInterfaces(reader.interfaces());
                    String comment = frameComments.get(old.number());
                    writer.write(comment == null ? old : old.withComment(comment));
                    frame = reader.next();
                }
                writer.addInterfaces(reader.interfaces());
                for (InterfaceStatistics last : reader.statistics()) {
                    writer.statistics(last.interfaceId(), last.counters(), last.atNanos());
                }
            }
            return reader.damage();
        }
    }

    private void addInterfaces(List<InterfaceFacts> known) throws CaptureFileFailure {
        for (int id = interfaces.size(); id < known.size(); id++) {
            addInterface(known.get(id));
        }
    }
}
