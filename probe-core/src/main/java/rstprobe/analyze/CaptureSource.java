package rstprobe.analyze;

import java.io.InputStream;
import java.nio.file.Path;

/// Where a capture comes from.
public sealed interface CaptureSource {
    /// What it is called in answers.
    String name();

    /// A file, packed with gzip, zstd or lz4 or not.
    ///
    /// @param path where it is
    record OfFile(Path path) implements CaptureSource {
        @Override
        public String name() {
            return path.toString();
        }
    }

    /// A stream that ends, such as standard input; packed or not. It is read once and not closed.
    ///
    /// @param name   what it is called
    /// @param stream the bytes
    record OfStream(String name, InputStream stream) implements CaptureSource {}
}
