package rstprobe.ssh;

import java.util.LinkedHashMap;
import java.util.Map;

/// Reads the server's extensions (RFC 8308 §2.3).
final class Extensions {
    /// The most extensions taken from one message.
    private static final int MAXIMUM = 100;

    private Extensions() {}

    /// Reads a message behind its number.
    static Observation.ExtensionInfo read(WireReader reader) throws Malformed {
        long count = reader.readUint32();
        if (count > MAXIMUM) {
            throw new Malformed(count + " extensions above " + MAXIMUM);
        }
        Map<String, String> extensions = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            extensions.put(reader.readText(), reader.readText());
        }
        return new Observation.ExtensionInfo(extensions);
    }
}
