package rstprobe.analyze;

import static rstprobe.analyze.Crafted.ACK;
import static rstprobe.analyze.Crafted.SYN;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;

/// Scans of crafted captures, shared by the tests of what a scan finds.
final class Scans {
    static final int CLIENT = 1, SERVER = 2, PORT = 40_000;

    private Scans() {}

    static Crafted opened(Crafted made, int port, int sequence) {
        return made.segment(CLIENT, port, SERVER, 22, SYN, sequence, 0)
                .segment(SERVER, 22, CLIENT, port, SYN | ACK, 500, sequence + 1)
                .segment(CLIENT, port, SERVER, 22, ACK, sequence + 1, 501);
    }

    static Decoded decoded(AccusedFrame frame) {
        return Decoder.decode(
                frame.readable().link().code(),
                frame.readable().bytes(),
                frame.readable().originalLength());
    }

    static List<Integer> numbers(AccusedConversation accused) {
        return accused.frames().stream().map(frame -> frame.frame().number()).toList();
    }

    static CaptureScan scan(byte[] capture) throws ScanFailure {
        CaptureSource source = new CaptureSource.OfStream("crafted", new ByteArrayInputStream(capture));
        return CaptureScan.of(List.of(source), new ScanPlan(Optional.empty(), 2, ScanProgress.NONE));
    }

    static CaptureScan scan(Path file, int threads) throws ScanFailure {
        ScanPlan plan = new ScanPlan(Optional.empty(), threads, ScanProgress.NONE);
        return CaptureScan.of(List.of(new CaptureSource.OfFile(file)), plan);
    }
}
