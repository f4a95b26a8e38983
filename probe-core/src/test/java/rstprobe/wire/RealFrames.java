package rstprobe.wire;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;

/// Frames that Linux 6.18 sent in a practice network: client 198.18.1.2, router 198.18.1.1, server 198.18.2.2, and the
/// same in 2001:db8::/32. The link to the server has an MTU of 1300.
final class RealFrames {
    /// The server closed a connection while bytes of ours were unread.
    static final byte[] ABORT = hex("""
            b2bf1d9be6901254b3b6a6550800
            45000034b1db40003f06fabfc6120202c6120102
            001695386da00bc9abe6e53180140040f1120000
            0101080aaa23349b13c263ec""");

    /// Nobody listened on port 23.
    static final byte[] REFUSED = hex("""
            b2bf1d9be6901254b3b6a6550800
            45000028000040003f06aca7c6120202c6120102
            0017dba000000000d03c6e5d5014000006560000""");

    /// The same over IPv6.
    static final byte[] REFUSED_V6 = hex("""
            b2bf1d9be6901254b3b6a65586dd
            600c47500014063f20010db800020000000000000000000220010db8000100000000000000000002
            0017a356000000005a9a557f5014000000d10000""");

    /// Our SYN had TTL 1; the router quotes all of it.
    static final byte[] EXPIRED = hex("""
            b2bf1d9be6901254b3b6a6550800
            45c000589f63000040014c5ac6120101c6120102
            0b00845700000000
            4500003c6d7e400001067d15c6120102c6120202
            954c00169bb2470700000000a002fff0132c0000
            020404ec0402080a8c95a1cd000000000103030a""");

    /// The head of a packet-too-big: IP, ICMP, quoted IP and TCP header; the real one quotes 548 bytes.
    static final byte[] TOO_BIG_CUT = hex("""
            b2bf1d9be6901254b3b6a6550800
            45c002409f22000040014ab3c6120101c6120102
            0304416400000514
            450005ac0c2c4000400699f7c6120102c6120202
            9544001683fb03897e4f92be8018003f02f70000
            0101080aa80d360e171b5251""");

    /// Bytes of [#TOO_BIG_CUT] on the wire.
    static final int TOO_BIG_WIRE_LENGTH = 590;

    /// The same over IPv6: 1294 bytes on the wire.
    static final byte[] TOO_BIG_V6_CUT = hex("""
            b2bf1d9be6901254b3b6a65586dd
            600a5c6304d83a4020010db800010000000000000000000120010db8000100000000000000000002
            0200540900000514
            600d568a0598064020010db800010000000000000000000220010db8000200000000000000000002
            835600165da0167885f49c1e80180040c3eb0000
            0101080a9bfa7d6c46df6e51""");

    /// Bytes of [#TOO_BIG_V6_CUT] on the wire.
    static final int TOO_BIG_V6_WIRE_LENGTH = 1294;

    /// An echo request with the record-route option.
    static final byte[] RECORD_ROUTE = hex("""
            1254b3b6a655b2bf1d9be6900800
            4b00003c342740004001924dc6120102c6120202
            01071708c612010200000000000000000000000000000000
            08009fab4c4100030001020304050607""");

    private RealFrames() {}

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }

    static Decoded decode(byte[] ethernet) {
        return Decoder.decode(LinkType.ETHERNET, ethernet, ethernet.length);
    }

    /// The datagram of an Ethernet frame without tags.
    static byte[] ip(byte[] ethernet) {
        return Arrays.copyOfRange(ethernet, 14, ethernet.length);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
