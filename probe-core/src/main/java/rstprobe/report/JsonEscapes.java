package rstprobe.report;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;

/// JSON's own escapes for every character that does not show, so that a document printed on a terminal does nothing
/// to it and still carries each character as it was.
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

    /// Called for every UTF-16 unit beyond ASCII. Halves of pairs pass: those beyond the first plane which do not
    /// show
    /// are format characters no terminal obeys.
    @Override
    public SerializableString getEscapeSequence(int unit) {
        boolean passes = Glyphs.shows(unit) || Wire.isStray(unit);
        return passes ? null : new SerializedString(String.format("\\u%04x", unit));
    }
}
