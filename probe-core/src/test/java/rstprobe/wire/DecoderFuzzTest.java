package rstprobe.wire;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/// Jazzer looks for bytes that the decoder has no answer for: `JAZZER_FUZZ=1 mvn test -Dtest=DecoderFuzzTest#...`.
/// Without that variable the kept inputs run once.
class DecoderFuzzTest {
    private static final int[] LINK_TYPES = {0, 1, 12, 14, 101, 108, 113, 228, 229, 276};

    @FuzzTest(maxDuration = "1m")
    void aFrameOfAnyLinkIsAValue(FuzzedDataProvider input) {
        int linkType = input.pickValue(LINK_TYPES);
        int wireLength = input.consumeInt();
        TotalDecoderTest.lookAtAllOf(Decoder.decode(linkType, input.consumeRemainingAsBytes(), wireLength));
    }

    @FuzzTest(maxDuration = "1m")
    void tcpOptionsAreAList(FuzzedDataProvider input) {
        boolean cut = input.consumeBoolean();
        TcpOptions options = TcpDecoder.options(Slice.of(input.consumeRemainingAsBytes()), cut);
        options.order();
        options.mss();
        options.windowScale();
        options.sack();
        options.timestamps();
    }

    @FuzzTest(maxDuration = "1m")
    void ipOptionsHaveARecordRouteOrNone(FuzzedDataProvider input) {
        RecordRoute.in(Slice.of(input.consumeBytes(Encoder.MOST_OPTIONS)));
    }

    @FuzzTest(maxDuration = "1m")
    void aQuotationIsAValue(FuzzedDataProvider input) {
        boolean isV6 = input.consumeBoolean();
        IpHeader ip = isV6
                ? IpHeader.between(IpAddress.parse("2001:db8::1"), IpAddress.parse("2001:db8::2"))
                : IpHeader.between(IpAddress.parse("198.18.0.1"), IpAddress.parse("198.18.0.2"));
        int type = isV6 ? input.consumeInt(1, 4) : input.pickValue(new int[] {3, 4, 5, 11, 12});
        byte[] body = input.consumeBytes(2000);
        byte[] bytes = Encoder.icmp(ip, type, 4, body.length << 16, body);
        TotalDecoderTest.lookAtAllOf(Decoder.decodeIp(bytes));
    }
}
