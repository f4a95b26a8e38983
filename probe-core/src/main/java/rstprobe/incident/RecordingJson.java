package rstprobe.incident;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import rstprobe.record.Event;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;

/// The values of a recording as JSON, one object a line.
///
/// "One of" types carry their kind in `kind`, `ServerIdentification` as `server-identification`; only kinds
/// that the sealed interfaces permit can be read, so nothing in a file names a class.
final class RecordingJson {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_STRING = 4 << 20;

    private static final ObjectMapper MAPPER = mapper();

    private RecordingJson() {}

    private static ObjectMapper mapper() {
        JsonMapper.Builder builder = JsonMapper.builder()
                .addModule(new Jdk8Module())
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        for (Class<?> oneOf : new Class<?>[] {Event.class, Observation.class, Outcome.class}) {
            builder.addMixIn(oneOf, NamedKind.class);
            kinds(oneOf).forEach(kind -> builder.registerSubtypes(new NamedType(kind, kebab(kind.getSimpleName()))));
        }
        builder.defaultSetterInfo(JsonSetter.Value.construct(Nulls.FAIL, Nulls.FAIL));
        for (Class<?> maybe : new Class<?>[] {Optional.class, OptionalInt.class}) {
            builder.withConfigOverride(
                    maybe, form -> form.setSetterInfo(JsonSetter.Value.construct(Nulls.SET, Nulls.FAIL)));
        }
        ObjectMapper mapper = builder.build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_STRING)
                        .build());
        return mapper;
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    private interface NamedKind {}

    /// The records of a sealed interface, those of its sealed parts among them.
    private static Stream<Class<?>> kinds(Class<?> oneOf) {
        return oneOf.isSealed()
                ? Arrays.stream(oneOf.getPermittedSubclasses()).flatMap(RecordingJson::kinds)
                : Stream.of(oneOf);
    }

    private static String kebab(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /// Makes the mapper learn the form of an event, which is most of the cost of writing the first one.
    static void warmUp() {
        line(Lines.Happened.of(new Event.Interrupted(0)));
    }

    static String line(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException bug) {
            throw new IllegalStateException("a value of ours has no JSON form: " + value, bug);
        }
    }

    static JsonNode tree(String line) throws JsonProcessingException {
        return MAPPER.readTree(line);
    }

    static <T> T read(JsonNode node, Class<T> kind) throws JsonProcessingException {
        return MAPPER.treeToValue(node, kind);
    }
}
