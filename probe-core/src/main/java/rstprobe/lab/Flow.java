package rstprobe.lab;

import java.util.Arrays;
import java.util.Optional;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;

/// What a device on the link remembers of one conversation.
final class Flow {

    /// Bytes of the client's stream that are kept.
    static final int LONGEST_START = 64;

    private final int clientStart;
    private final byte[] said = new byte[LONGEST_START];
    private final boolean[] heard = new boolean[LONGEST_START];
    private Optional<Decoded.Segment> lastOfServer = Optional.empty();
    private Optional<Integer> serverNext = Optional.empty();
    private boolean serverSpoke;
    private boolean heardByServer;
    private int saidByClient;

    Flow(Decoded.Segment syn) {
        clientStart = syn.nextSequence();
    }

    /// Takes note of one segment.
    void follow(Direction direction, Decoded.Segment segment) {
        switch (direction) {
            case TO_SERVER -> {
                saidByClient += segment.payloadLength() > 0 ? 1 : 0;
                keep(segment);
            }
            case TO_CLIENT -> followServer(segment);
        }
    }

    private void keep(Decoded.Segment segment) {
        int start = Sequence.distance(clientStart, segment.sequence());
        for (int i = 0; i < segment.payload().length() && start + i < LONGEST_START; i++) {
            if (start + i >= 0) {
                said[start + i] = (byte) segment.payload().u8(i);
                heard[start + i] = true;
            }
        }
    }

    private void followServer(Decoded.Segment segment) {
        if (segment.flags().rst()) {
            return;
        }
        lastOfServer = Optional.of(segment);
        serverSpoke |= segment.payloadLength() > 0;
        heardByServer |= segment.flags().ack() && Sequence.before(clientStart, segment.acknowledgement());
        int next = segment.nextSequence();
        if (serverNext.isEmpty() || Sequence.before(serverNext.get(), next)) {
            serverNext = Optional.of(next);
        }
    }

    /// Whether the client's stream begins so, as far as the device has put it together.
    boolean begins(byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (!heard[i]) {
                return false;
            }
        }
        return Arrays.equals(said, 0, text.length, text, 0, text.length);
    }

    /// The latest segment of the server's that was no reset.
    Optional<Decoded.Segment> lastOfServer() {
        return lastOfServer;
    }

    /// The number after everything the server has sent.
    Optional<Integer> serverNext() {
        return serverNext;
    }

    /// How many segments with payload the client has sent.
    int saidByClient() {
        return saidByClient;
    }

    /// Whether the server has sent a byte.
    boolean serverSpoke() {
        return serverSpoke;
    }

    /// Whether the server's host has acknowledged a byte of the client's.
    boolean heardByServer() {
        return heardByServer;
    }
}
