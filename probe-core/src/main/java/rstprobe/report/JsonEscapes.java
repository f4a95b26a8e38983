package rstprobe.report;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.util.HexFormat;

/// JSON's own escapes for every character that does not show, so that a document printed on a terminal does
/// nothing to it and still carries each character as it was.
final class JsonEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    private final int[] ascii = CharacterEscapes.standardAsciiEscapesForJSON();

    JsonEscapes() {
        ascii[0x7F] = CharacterEscapes.ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
        return ascii.clone();
    }

    /// Called for every UTF-16 unit beyond ASCII. Halves of pairs are all escaped: one half does not tell
    /// whether the character they make would show.
    @Override
    public SerializableString getEscapeSequence(int unit) {
        return Glyphs.shows(unit)
                ? null
                : new SerializedString("\\u" + HexFormat.of().toHexDigits((char) unit));
    }
}
