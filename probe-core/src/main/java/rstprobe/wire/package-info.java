/// Bytes to values and back: frames, datagrams, TCP segments, ICMP errors with the datagram they quote.
///
/// Pure: nothing here opens, waits, logs or asks the time. Decoding is total: every byte array is some
/// [Decoded] value, malformed and cut ones included, and no byte of the input sizes an allocation. Values
/// share the array they were decoded from (see [Slice]); do not write to it afterwards.
package rstprobe.wire;
