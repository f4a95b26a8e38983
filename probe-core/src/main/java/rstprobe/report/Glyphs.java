package rstprobe.report;

/// What a terminal does with a code point: shows it, and how wide, or obeys it, moves by it or hides it.
final class Glyphs {
    /// First and last code point of the ranges that take two columns (Unicode 16, East Asian Width W and F, widened
    /// where
    /// terminals disagree: a field is then shown shorter, never longer than its limit).
    private static final int[] WIDE = {
        0x1100, 0x115E, 0x231A, 0x231B, 0x2329, 0x232A, 0x23E9, 0x23F3, 0x25FD, 0x25FE, 0x2600, 0x27BF, 0x2B1B, 0x2B1C,
        0x2B50, 0x2B55, 0x2E80, 0x303E, 0x3041, 0x33FF, 0x3400, 0x4DBF, 0x4DC0, 0x4DFF, 0x4E00, 0x9FFF, 0xA000, 0xA4CF,
        0xA960, 0xA97F, 0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE10, 0xFE19, 0xFE30, 0xFE6F, 0xFF01, 0xFF60, 0xFFE0, 0xFFE6,
        0x16FE0, 0x1B2FF, 0x1D300, 0x1D376, 0x1F000, 0x1F9FF, 0x1FA70, 0x1FAFF, 0x20000, 0x2FFFD, 0x30000, 0x3FFFD
    };

    /// First and last code point of the ranges that are letters or marks by category and yet show nothing
    /// (Unicode 16, `Default_Ignorable_Code_Point`, and the blank Braille pattern).
    private static final int[] BLANK = {
        0x034F, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180F, 0x2800, 0x2800, 0x3164, 0x3164, 0xFE00, 0xFE0F,
        0xFFA0, 0xFFA0, 0x1D159, 0x1D159, 0x1D173, 0x1D17A, 0xE0000, 0xE0FFF
    };

    private Glyphs() {}

    /// Whether a code point is seen where it stands and does nothing else: no control, no format character
    /// (so no bidi override, byte order mark or joiner), no separator but the plain space, nothing private,
    /// unassigned or blank.
    static boolean shows(int codePoint) {
        if (codePoint < 0x7F) {
            return codePoint >= 0x20;
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> !within(BLANK, codePoint);
        };
    }

    /// Whether a code point is drawn onto the one before it.
    static boolean combines(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK -> true;
            default -> codePoint >= 0x1160 && codePoint <= 0x11FF;
        };
    }

    /// Columns a shown code point takes: 0, 1 or 2.
    static int columns(int codePoint) {
        if (codePoint < 0x300) {
            return 1;
        }
        if (combines(codePoint)) {
            return Character.getType(codePoint) == Character.COMBINING_SPACING_MARK ? 1 : 0;
        }
        return within(WIDE, codePoint) ? 2 : 1;
    }

    /// Columns a whole text takes, provided every code point of it shows.
    static int columns(String text) {
        return text.codePoints().map(Glyphs::columns).sum();
    }

    private static boolean within(int[] ranges, int codePoint) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (codePoint >= ranges[i] && codePoint <= ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }
}
