package rstprobe.capture;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/// Bytes captured on a link, from its link header on, with the time and the length they had on the wire.
///
/// The array is not copied: whoever makes a frame gives the array away, and nobody writes to it again.
///
/// @param number         1 for the first of its capture, as Wireshark shows it
/// @param atNanos        when it was seen, nanoseconds since 1970 in UTC; kept as the file has it, however odd
/// @param link           what the first byte belongs to
/// @param bytes          what was captured, at most [CaptureLimits#MAX_FRAME_BYTES]
/// @param originalLength how long it was on the wire, in bytes; odd files have it shorter than `bytes`
/// @param interfaceId    which interface of the capture saw it, 0 for the first
/// @param comment        the comment it carries in the file
public record Frame(
        int number,
        long atNanos,
        LinkType link,
        byte[] bytes,
        int originalLength,
        int interfaceId,
        Optional<String> comment) {
    public Frame {
        if (number < 1) {
            throw new IllegalArgumentException("frames are numbered from 1, not " + number);
        }
        if (bytes.length > CaptureLimits.MAX_FRAME_BYTES) {
            throw new IllegalArgumentException(
                    "a frame has at most " + CaptureLimits.MAX_FRAME_BYTES + " bytes, not " + bytes.length);
        }
        if (interfaceId < 0) {
            throw new IllegalArgumentException("an interface id is not negative: " + interfaceId);
        }
        Objects.requireNonNull(link);
        Objects.requireNonNull(comment);
    }

    /// A frame without a comment.
    public Frame(int number, long atNanos, LinkType link, byte[] bytes, int originalLength, int interfaceId) {
        this(number, atNanos, link, bytes, originalLength, interfaceId, Optional.empty());
    }

    /// Whether the snapshot length cut bytes off its end.
    public boolean cut() {
        return Integer.toUnsignedLong(originalLength) > bytes.length;
    }

    /// What it takes to keep it, in bytes: its own, and those of its comment, of which a stranger's file may have many.
    public long keptBytes() {
        return (long) bytes.length + comment.map(String::length).orElse(0);
    }

    /// The same frame at another place in a capture.
    public Frame withNumber(int newNumber) {
        return new Frame(newNumber, atNanos, link, bytes, originalLength, interfaceId, comment);
    }

    /// The same frame seen by another interface of the capture.
    public Frame withInterface(int newInterfaceId) {
        return new Frame(number, atNanos, link, bytes, originalLength, newInterfaceId, comment);
    }

    /// The same frame with this comment in place of the one it had.
    public Frame withComment(String newComment) {
        return new Frame(number, atNanos, link, bytes, originalLength, interfaceId, Optional.of(newComment));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Frame that
                && number == that.number
                && atNanos == that.atNanos
                && link.equals(that.link)
                && Arrays.equals(bytes, that.bytes)
                && originalLength == that.originalLength
                && interfaceId == that.interfaceId
                && comment.equals(that.comment);
    }

    @Override
    public int hashCode() {
        return Objects.hash(number, atNanos, link, Arrays.hashCode(bytes), originalLength, interfaceId, comment);
    }

    @Override
    public String toString() {
        return "Frame[" + number + " at " + atNanos + ", " + link + ", " + bytes.length + " of "
                + Integer.toUnsignedString(originalLength) + " bytes, interface " + interfaceId
                + comment.map(text -> ", \"" + text + "\"").orElse("") + "]";
    }
}
