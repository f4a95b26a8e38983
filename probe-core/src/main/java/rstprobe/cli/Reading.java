package rstprobe.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How a word of the command line becomes a value.
///
/// @param type    what picocli takes it for; its own converter reads it, where there is no other
/// @param choices the words there are, for completion by a shell; empty where any may do
record Reading<V>(Class<?> type, Optional<ITypeConverter<V>> converter, List<String> choices) {
    static final Reading<String> TEXT = new Reading<>(String.class);
    static final Reading<Boolean> YES_OR_NO = new Reading<>(boolean.class);
    static final Reading<Integer> INTEGER = new Reading<>(int.class);
    static final Reading<Long> LONG = new Reading<>(long.class);
    static final Reading<Double> DECIMAL = new Reading<>(double.class);
    static final Reading<Path> PATH = by(Reading::path);

    /// A path that a shell completes from the files there are.
    static final Reading<Path> FILE = new Reading<>(Path.class, PATH.converter(), List.of());

    private Reading(Class<V> type) {
        this(type, Optional.empty(), List.of());
    }

    /// By a converter of ours: picocli sees no more than a string.
    static <V> Reading<V> by(ITypeConverter<V> converter) {
        return new Reading<>(String.class, Optional.of(converter), List.of());
    }

    /// Any of these, in upper or lower case. picocli's own way with an enumeration asks it by reflection.
    static <E extends Enum<E>> Reading<E> oneOf(E[] values) {
        List<String> names = new ArrayList<>(values.length);
        for (E value : values) {
            names.add(value.name());
        }
        ITypeConverter<E> converter = words -> {
            for (E value : values) {
                if (value.name().equalsIgnoreCase(words)) {
                    return value;
                }
            }
            throw new TypeConversionException(
                    "expected one of " + names + " (case-insensitive) but was '" + words + "'");
        };
        return new Reading<>(String.class, Optional.of(converter), names);
    }

    private static Path path(String words) {
        try {
            return Path.of(words);
        } catch (InvalidPathException wrong) {
            throw new TypeConversionException("cannot convert '" + words + "' to " + Path.class + " (" + wrong + ")");
        }
    }
}
