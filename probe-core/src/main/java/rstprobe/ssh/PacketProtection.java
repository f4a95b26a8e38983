package rstprobe.ssh;

import java.util.Optional;

/// Turns packets of one direction into wire bytes, or back (RFC 4253 §6). A plain packet is
/// `length, padding length, payload, padding`. Calls come in packet order.
sealed interface PacketProtection permits ClearText, ChaChaPoly, AesGcm, AesCtrHmac {

    /// How many bytes must be there before the length can be told.
    int headBytes();

    /// The packet length a packet's first [#headBytes] announce, 0 to 2^32 - 1. Called once a packet.
    long length(byte[] head, long sequence);

    /// How many bytes follow the packet as proof that it is genuine.
    int tagBytes();

    /// What the size of the aligned part must be a multiple of.
    int blockBytes();

    /// Whether the four bytes of the length count in that.
    boolean alignsLength();

    /// The plain packet of a whole one; empty if it is not genuine.
    Optional<byte[]> open(byte[] wire, long sequence);

    /// The wire bytes of a plain packet.
    byte[] seal(byte[] plain, long sequence);
}
