package rstprobe.ssh;

/// What both sides said before the key exchange, as it goes into the exchange hash (RFC 4253 §8).
///
/// @param ourLine our identification without its line end
/// @param theirLine the server's, likewise
/// @param ourKexInit our KEXINIT's payload
/// @param theirKexInit the server's, likewise
record Transcript(byte[] ourLine, byte[] theirLine, byte[] ourKexInit, byte[] theirKexInit) {

    /// The four at the head of what is hashed.
    WireWriter begin() {
        return new WireWriter()
                .writeString(ourLine)
                .writeString(theirLine)
                .writeString(ourKexInit)
                .writeString(theirKexInit);
    }
}
