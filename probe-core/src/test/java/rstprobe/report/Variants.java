package rstprobe.report;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;
import rstprobe.capture.Frame;
import rstprobe.capture.LinkType;
import rstprobe.record.DecodedFrames;

/// Values of any record type, filled with strings and bytes of the caller's choice. A sealed interface gives
/// one value for each record it permits, so that a variant added tomorrow is covered tomorrow.
final class Variants {
    /// Numbers that the records with limits accept where any other would be refused.
    private static final Map<String, Integer> NUMBERS = Map.of("timeoutMillis", 5_000, "atNanos", 1_000, "number", 7);

    private final Supplier<String> strings;
    private final Supplier<byte[]> bytes;
    private final Map<Type, List<Object>> made = new HashMap<>();

    Variants(Supplier<String> strings, Supplier<byte[]> bytes) {
        this.strings = strings;
        this.bytes = bytes;
    }

    /// Values of a type that together hold every variant of everything below it.
    <T> List<T> of(Class<T> type) {
        return values(type, "").stream().map(type::cast).toList();
    }

    private List<Object> values(Type type, String name) {
        if (type instanceof ParameterizedType generic) {
            return containers(generic, name);
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isRecord()) {
            List<Object> known = made.get(raw);
            if (known == null) {
                known = raw == LinkType.class ? List.of(LinkType.ETHERNET) : records(raw);
                made.put(raw, known);
            }
            return known;
        }
        if (raw.isSealed()) {
            return Arrays.stream(raw.getPermittedSubclasses())
                    .flatMap(permitted -> values(permitted, name).stream())
                    .toList();
        }
        if (raw == DecodedFrames.class) {
            List<Frame> frames =
                    values(Frame.class, name).stream().map(Frame.class::cast).toList();
            return List.of(DecodedFrames.of(frames));
        }
        if (raw.isEnum()) {
            return Arrays.asList((Object[]) raw.getEnumConstants());
        }
        if (raw == DecodedFrames.class) {
            return List.of(DecodedFrames.of(
                    values(Frame.class, name).stream().map(Frame.class::cast).toList()));
        }
        return List.of(simple(raw, name));
    }

    private Object simple(Class<?> raw, String name) {
        int number = NUMBERS.getOrDefault(name, 100);
        return switch (raw.getName()) {
            case "java.lang.String" -> name.equals("method") ? "tcp" : strings.get();
            case "[B" -> bytes.get();
            case "int", "java.lang.Integer" -> number;
            case "long" -> (long) number;
            case "double" -> name.equals("confidence") ? 0.5 : (double) number;
            case "boolean", "java.lang.Boolean" -> true;
            case "java.util.OptionalInt" -> OptionalInt.of(number);
            case "java.util.OptionalDouble" -> OptionalDouble.of(number);
            default -> throw new AssertionError("no values for " + raw + " " + name);
        };
    }

    private List<Object> containers(ParameterizedType generic, String name) {
        List<Object> elements = values(generic.getActualTypeArguments()[0], name);
        if (generic.getRawType() == List.class) {
            return List.of(elements);
        }
        if (generic.getRawType() == Optional.class) {
            return elements.stream()
                    .map(element -> (Object) Optional.of(element))
                    .toList();
        }
        if (generic.getRawType() == Map.class) {
            Map<Object, Object> map = new LinkedHashMap<>();
            map.put(
                    elements.getFirst(),
                    values(generic.getActualTypeArguments()[1], name).getFirst());
            return List.of(map);
        }
        throw new AssertionError("no values for " + generic);
    }

    private List<Object> records(Class<?> raw) {
        RecordComponent[] components = raw.getRecordComponents();
        List<List<Object>> columns = new ArrayList<>();
        for (RecordComponent component : components) {
            columns.add(values(component.getGenericType(), component.getName()));
        }
        int count = columns.stream().mapToInt(List::size).max().orElse(1);
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int row = i;
            Object[] arguments = columns.stream()
                    .map(column -> column.get(row % column.size()))
                    .toArray();
            try {
                var constructor = raw.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                all.add(constructor.newInstance(arguments));
            } catch (ReflectiveOperationException failed) {
                throw new AssertionError(raw + " from " + Arrays.toString(arguments), failed);
            }
        }
        return Collections.unmodifiableList(all);
    }
}
