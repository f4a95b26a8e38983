package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.Attribution;
import rstprobe.analyze.CaptureScan;
import rstprobe.analyze.CaptureSource;
import rstprobe.analyze.ScanFailure;
import rstprobe.analyze.ScanPlan;
import rstprobe.analyze.ScanProgress;
import rstprobe.capture.CaptureReader;
import rstprobe.capture.Frame;
import rstprobe.capture.LinkType;

/// Whole captures as they come from others: handed on with other names, made by two taps or by several queues, mixed
/// with what else was on the wire, cut. No reset in them is laid at another door than in the original, and none is
/// surer.
class MutatedCapturesTest {
    private static final Path INCIDENTS = Path.of("src/test/resources/rstprobe/incident");
    private static final int ROUNDS = 2;
    private static final int TTL = 22, HOPS = 3, TAP_APART_NANOS = 20_000;
    private static final int SHORTEST_SNAP = 54, LONGEST_SNAP = 128;

    /// A frame, and which of the original it is; 0 for one that is not from there.
    private record Traced(Frame frame, int original) {}

    /// What is found of a reset.
    private record Found(Origin origin, double confidence) {}

    private interface Mutation {
        List<Traced> of(List<Frame> frames, Random dice);
    }

    /// What is known remains known: nothing that the verdict rests on is missing.
    @Test
    void whatIsNoEvidenceMovesNoVerdict() throws Exception {
        everywhere("other names", true, MutatedCapturesTest::renamed);
        everywhere("another day", true, MutatedCapturesTest::shifted);
        everywhere("mixed", true, MutatedCapturesTest::mixed);
    }

    @Test
    void twoTapsAreNoSecondSender() throws Exception {
        everywhere("two taps", true, MutatedCapturesTest::twice);
    }

    @Test
    void queuesThatOvertakeEachOtherAccuseNobodyElse() throws Exception {
        everywhere("reordered", false, MutatedCapturesTest::reordered);
    }

    @Test
    void whatIsCutOffAccusesNobodyElse() throws Exception {
        everywhere("snap length", false, MutatedCapturesTest::snapped);
        everywhere(
                "begins late",
                false,
                (frames, dice) -> traced(frames.subList(dice.nextInt(frames.size()), frames.size())));
        everywhere("ends early", false, (frames, dice) -> traced(frames.subList(0, 1 + dice.nextInt(frames.size()))));
    }

    private static void everywhere(String name, boolean equal, Mutation mutation) throws Exception {
        long seed = Long.getLong("rstprobe.seed", System.nanoTime());
        System.out.println("MutatedCapturesTest " + name + ": seed " + seed);
        Random dice = new Random(seed);
        int held = 0;
        for (Map.Entry<String, List<Frame>> capture : captures().entrySet()) {
            Map<Integer, Found> whole = found(traced(capture.getValue()));
            for (int round = 0; round < ROUNDS; round++) {
                List<Traced> mutated = mutation.of(capture.getValue(), dice);
                for (Map.Entry<Integer, Found> reset : found(mutated).entrySet()) {
                    Found before = whole.get(reset.getKey());
                    String why = name + ", " + capture.getKey() + ", seed " + seed + ", round " + round + ", frame "
                            + reset.getKey() + ": " + before + " became " + reset.getValue();
                    Origin origin = reset.getValue().origin();
                    boolean weaker = origin == Origin.UNKNOWN && !equal;
                    assertTrue(origin == before.origin() || weaker, why);
                    assertTrue(weaker || reset.getValue().confidence() <= before.confidence() + 1e-9, why);
                    held++;
                }
            }
        }
        assertTrue(held > ROUNDS, name);
    }

    /// Stories of every kind, and the captures of real runs.
    private static Map<String, List<Frame>> captures() throws Exception {
        Map<String, List<Frame>> all = new LinkedHashMap<>();
        Stories.accusing().forEach((name, story) -> {
            PacketScript script = PacketScript.of(story);
            all.put(name, script.recording().frames());
            all.put(name + " over IPv6", script.overIpv6().recording().frames());
        });
        try (Stream<Path> folders = Files.list(INCIDENTS)) {
            for (Path folder : folders.sorted().toList()) {
                List<Frame> frames = new ArrayList<>();
                try (CaptureReader reader = CaptureReader.open(folder.resolve("capture.pcapng"))) {
                    reader.forEach(frames::add);
                }
                assertTrue(frames.stream().allMatch(frame -> frame.link().equals(LinkType.ETHERNET)));
                all.put(folder.getFileName().toString(), frames);
            }
        }
        all.values().removeIf(List::isEmpty);
        return all;
    }

    private static List<Traced> traced(List<Frame> frames) {
        return frames.stream().map(frame -> new Traced(frame, frame.number())).toList();
    }

    private static List<Traced> renamed(List<Frame> frames, Random dice) {
        Renamed renamed = new Renamed(dice);
        return frames.stream()
                .map(frame -> new Traced(renamed.frame(frame), frame.number()))
                .toList();
    }

    private static List<Traced> shifted(List<Frame> frames, Random dice) {
        long nanos = dice.nextLong(86_400_000_000_000L);
        return frames.stream()
                .map(frame -> new Traced(with(frame, frame.bytes(), frame.atNanos() + nanos), frame.number()))
                .toList();
    }

    /// Another conversation, of hosts that are not in the capture.
    private static List<Traced> mixed(List<Frame> frames, Random dice) {
        List<String> stories = List.copyOf(Stories.accusing().values());
        Renamed strangers = new Renamed(dice);
        List<Traced> mixed = new ArrayList<>(traced(frames));
        PacketScript.of(stories.get(dice.nextInt(stories.size())))
                .recording()
                .frames()
                .forEach(frame -> {
                    long at = mixed.get(dice.nextInt(mixed.size())).frame().atNanos();
                    mixed.add(new Traced(strangers.frame(with(frame, frame.bytes(), at)), 0));
                });
        mixed.sort((one, other) ->
                Long.compare(one.frame().atNanos(), other.frame().atNanos()));
        return mixed;
    }

    /// A second tap three routers on, whose frames come in right behind, or when the file was merged.
    private static List<Traced> twice(List<Frame> frames, Random dice) {
        List<Traced> twice = new ArrayList<>();
        long later = dice.nextInt(10) * TAP_APART_NANOS;
        for (Frame frame : frames) {
            twice.add(new Traced(frame, frame.number()));
            byte[] behind = frame.bytes().clone();
            boolean four = (behind[TTL - 8] & 0xF0) == 0x40;
            behind[four ? TTL : TTL - 1] -= HOPS;
            twice.add(new Traced(with(frame, behind, frame.atNanos() + later), 0));
        }
        twice.sort((one, other) ->
                Long.compare(one.frame().atNanos(), other.frame().atNanos()));
        return twice;
    }

    /// Queues of one card are emptied one after the other: times are right, the order in the file is not.
    private static List<Traced> reordered(List<Frame> frames, Random dice) {
        List<Traced> reordered = new ArrayList<>(traced(frames));
        for (int swaps = 1 + dice.nextInt(3); swaps > 0; swaps--) {
            int at = dice.nextInt(Math.max(1, reordered.size() - 1));
            if (at + 1 < reordered.size()) {
                Collections.swap(reordered, at, at + 1);
            }
        }
        return reordered;
    }

    private static List<Traced> snapped(List<Frame> frames, Random dice) {
        int snap = SHORTEST_SNAP + dice.nextInt(LONGEST_SNAP - SHORTEST_SNAP);
        return frames.stream()
                .map(frame -> new Traced(
                        with(
                                frame,
                                Arrays.copyOf(frame.bytes(), Math.min(snap, frame.bytes().length)),
                                frame.atNanos()),
                        frame.number()))
                .toList();
    }

    private static Frame with(Frame frame, byte[] bytes, long atNanos) {
        return new Frame(frame.number(), atNanos, frame.link(), bytes, frame.originalLength(), frame.interfaceId());
    }

    /// The resets of the original, by their frames there.
    private static Map<Integer, Found> found(List<Traced> capture) throws ScanFailure {
        ScanPlan plan = new ScanPlan(Optional.empty(), 1, ScanProgress.NONE);
        CaptureSource source = new CaptureSource.OfStream("mutated", new ByteArrayInputStream(pcap(capture)));
        Map<Integer, Found> found = new TreeMap<>();
        try (CaptureScan scan = CaptureScan.of(List.of(source), plan)) {
            assertEquals(
                    List.of(),
                    scan.files().getFirst().problems().stream()
                            .filter(problem -> !problem.startsWith("time goes backwards"))
                            .toList());
            scan.conversations()
                    .flatMap(accused -> Attribution.of(accused).stream())
                    .forEach(reset -> {
                        Traced traced = capture.get(reset.frame() - 1);
                        if (traced.original() > 0) {
                            found.put(traced.original(), told(reset));
                        }
                    });
        }
        return found;
    }

    private static Found told(AttributedReset reset) {
        return new Found(reset.origin(), reset.verdict().confidence());
    }

    private static byte[] pcap(List<Traced> capture) {
        int size = 24
                + capture.stream()
                        .mapToInt(each -> 16 + each.frame().bytes().length)
                        .sum();
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0xA1B23C4D)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(262_144);
        out.putInt(LinkType.ETHERNET.code());
        for (Traced each : capture) {
            Frame frame = each.frame();
            out.putInt((int) (frame.atNanos() / 1_000_000_000)).putInt((int) (frame.atNanos() % 1_000_000_000));
            out.putInt(frame.bytes().length).putInt(frame.originalLength()).put(frame.bytes());
        }
        return out.array();
    }
}
