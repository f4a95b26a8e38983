package rstprobe.record;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import rstprobe.capture.Frame;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;

/// Frames, each with what it turned out to be: decoded when that is first asked for, and once, however many rules ask.
/// They never change: two threads may decode the same frame, and either result is whole wherever it is seen, since what
/// is decoded has final fields only (JLS 17.5).
public final class DecodedFrames extends AbstractList<Frame> implements RandomAccess {
    private final List<Frame> frames;
    private final Decoded[] decoded;

    private DecodedFrames(List<Frame> frames) {
        this.frames = frames;
        this.decoded = new Decoded[frames.size()];
    }

    /// The same frames; those of a list that is one already share what is decoded of them.
    public static DecodedFrames of(List<Frame> frames) {
        return frames instanceof DecodedFrames already ? already : new DecodedFrames(List.copyOf(frames));
    }

    @Override
    public Frame get(int index) {
        return frames.get(index);
    }

    @Override
    public int size() {
        return frames.size();
    }

    /// What a frame turned out to be.
    ///
    /// @param index its place in the list, from 0
    public Decoded decoded(int index) {
        Decoded known = decoded[index];
        if (known == null) {
            known = decoded(frames.get(index));
            decoded[index] = known;
        }
        return known;
    }

    /// What a frame that is in no such list turned out to be.
    public static Decoded decoded(Frame frame) {
        return Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength());
    }

    /// The frames from `from` up to but not including `to`, without what is decoded of them.
    @Override
    public List<Frame> subList(int from, int to) {
        return frames.subList(from, to);
    }
}
