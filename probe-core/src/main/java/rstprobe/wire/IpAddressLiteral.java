package rstprobe.wire;

import java.util.regex.Pattern;

/// Reads address literals (RFC 4291 section 2.2; IPv4 strictly as four decimals without leading zeros).
final class IpAddressLiteral {
    private static final int OCTET_DIGITS = 3;
    private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");
    private static final int GROUPS = 8;

    private IpAddressLiteral() {}

    static IpAddress parse(String literal) {
        return literal.indexOf(':') < 0 ? new IpAddress(4, 0, dotted(literal)) : v6(literal);
    }

    private static long dotted(String literal) {
        long address = 0;
        int at = 0;
        for (int i = 1; i <= IpAddress.V4_BYTES; i++) {
            int begin = at;
            int octet = 0;
            while (at < literal.length() && at < begin + OCTET_DIGITS && isDigit(literal.charAt(at))) {
                octet = 10 * octet + literal.charAt(at++) - '0';
            }
            boolean padded = at > begin + 1 && literal.charAt(begin) == '0';
            boolean ended = i == IpAddress.V4_BYTES ? at == literal.length() : literal.startsWith(".", at);
            if (at == begin || padded || octet > 255 || !ended) {
                throw not(literal);
            }
            address = address << 8 | octet;
            at++;
        }
        return address;
    }

    private static boolean isDigit(char each) {
        return each >= '0' && each <= '9';
    }

    private static IpAddress v6(String literal) {
        String hex = dottedTailAsHex(literal);
        int gap = hex.indexOf("::");
        int[] groups = new int[GROUPS];
        if (gap < 0) {
            if (fill(groups, 0, hex, literal) != GROUPS) {
                throw not(literal);
            }
        } else {
            int before = fill(groups, 0, hex.substring(0, gap), literal);
            int[] tail = new int[GROUPS];
            int after = fill(tail, 0, hex.substring(gap + 2), literal);
            if (before + after >= GROUPS) {
                throw not(literal);
            }
            System.arraycopy(tail, 0, groups, GROUPS - after, after);
        }
        return new IpAddress(6, half(groups, 0), half(groups, 4));
    }

    private static String dottedTailAsHex(String literal) {
        int colon = literal.lastIndexOf(':');
        if (literal.indexOf('.') < 0) {
            return literal;
        }
        long address = dotted(literal.substring(colon + 1));
        return literal.substring(0, colon + 1) + Long.toHexString(address >>> 16) + ":"
                + Long.toHexString(address & 0xffff);
    }

    private static int fill(int[] groups, int at, String part, String literal) {
        if (part.isEmpty()) {
            return at;
        }
        int next = at;
        for (String group : part.split(":", -1)) {
            if (next == GROUPS || !GROUP.matcher(group).matches()) {
                throw not(literal);
            }
            groups[next++] = Integer.parseInt(group, 16);
        }
        return next;
    }

    private static long half(int[] groups, int from) {
        return (long) groups[from] << 48
                | (long) groups[from + 1] << 32
                | (long) groups[from + 2] << 16
                | groups[from + 3];
    }

    private static IllegalArgumentException not(String literal) {
        return new IllegalArgumentException("not an IP address: " + literal);
    }
}
