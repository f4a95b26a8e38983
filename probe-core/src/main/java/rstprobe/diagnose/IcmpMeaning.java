package rstprobe.diagnose;

import rstprobe.wire.Decoded;

/// What a destination-unreachable error says (RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3.1).
final class IcmpMeaning {
    private IcmpMeaning() {}

    static String of(Decoded.IcmpError error) {
        return error.ip().isV6() ? six(error.code()) : four(error.code());
    }

    private static String four(int code) {
        return switch (code) {
            case 0 -> "network unreachable";
            case 1 -> "host unreachable";
            case 2 -> "protocol unreachable";
            case 3 -> "port unreachable";
            case 4 -> "fragmentation needed";
            case 9 -> "network prohibited";
            case 10 -> "host prohibited";
            case 13 -> "administratively prohibited";
            default -> "unreachable";
        };
    }

    private static String six(int code) {
        return switch (code) {
            case 0 -> "no route";
            case 1 -> "administratively prohibited";
            case 3 -> "address unreachable";
            case 4 -> "port unreachable";
            case 5 -> "source address failed policy";
            case 6 -> "route rejected";
            default -> "unreachable";
        };
    }

    /// True for the codes that packet filters send. TCP itself never answers with port unreachable, so that code is a
    /// filter's too.
    static boolean isPolicy(Decoded.IcmpError error) {
        int code = error.code();
        return error.ip().isV6()
                ? code == 1 || code == 4 || code == 5 || code == 6
                : code == 2 || code == 3 || code == 9 || code == 10 || code == 13;
    }
}
