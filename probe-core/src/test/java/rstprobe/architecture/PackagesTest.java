package rstprobe.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.classfile.ClassModel;
import java.lang.reflect.AccessFlag;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rstprobe.capture.Frame;
import rstprobe.linux.Errno;
import rstprobe.wire.Decoder;

/// Who may use whom: downhill only, and each library from one place.
class PackagesTest {
    /// Each package uses only those before it.
    private static final List<String> DOWNHILL = List.of(
            "rstprobe/linux",
            "rstprobe/capture",
            "rstprobe/wire",
            "rstprobe/ssh",
            "rstprobe/path",
            "rstprobe/record",
            "rstprobe/diagnose",
            "rstprobe/analyze",
            "rstprobe/report",
            "rstprobe/incident",
            "rstprobe/server",
            "rstprobe/lab",
            "rstprobe/cli");

    /// Used although they stand before: the tap knows nothing of the packages that read its frames.
    private static final Map<String, Set<String>> NOT_EVEN_DOWNHILL = Map.of(
            "rstprobe/wire", Set.of("rstprobe/linux", "rstprobe/capture"),
            "rstprobe/ssh", Set.of("rstprobe/linux", "rstprobe/capture", "rstprobe/wire"),
            "rstprobe/diagnose", Set.of("rstprobe/linux"),
            "rstprobe/report", Set.of("rstprobe/linux"),
            "rstprobe/lab", Set.of("rstprobe/record", "rstprobe/diagnose", "rstprobe/report", "rstprobe/incident"));

    private static final Map<String, ClassModel> CLASSES =
            ClassFiles.beside(Decoder.class, Frame.class, Errno.class).byName();

    @Test
    void packagesUseOnlyWhatLiesBelowThem() {
        Set<String> wrong = new TreeSet<>();
        ours().forEach(model -> ClassFiles.namedBy(model).stream()
                .filter(CLASSES::containsKey)
                .forEach(used -> {
                    String name = model.thisClass().asInternalName();
                    String from = ClassFiles.packageOf(name);
                    String to = ClassFiles.packageOf(used);
                    if (DOWNHILL.indexOf(to) > DOWNHILL.indexOf(from)
                            || NOT_EVEN_DOWNHILL.getOrDefault(from, Set.of()).contains(to)) {
                        wrong.add(name + " uses " + used);
                    }
                }));
        assertEquals("", String.join("\n", wrong));
    }

    @Test
    void everyPackageHasItsPlace() {
        Set<String> packages = new TreeSet<>();
        ours().forEach(model ->
                packages.add(ClassFiles.packageOf(model.thisClass().asInternalName())));
        packages.removeAll(DOWNHILL);
        assertEquals(Set.of(), packages);
    }

    @ParameterizedTest
    @CsvSource({
        "picocli/, rstprobe/cli",
        "java/lang/foreign/Linker, rstprobe/linux",
        "java/lang/foreign/SymbolLookup, rstprobe/linux",
        "io/airlift/, rstprobe/capture",
        "org/apache/commons/compress/, rstprobe/capture",
        "io/netty/, rstprobe/record",
        "org/pcap4j/, rstprobe/capture",
        "org/apache/sshd/client/, rstprobe/server",
        "org/apache/sshd/server/, rstprobe/lab"
    })
    void eachLibraryIsUsedFromOnePlace(String library, String place) {
        Set<String> others = new TreeSet<>();
        ours().filter(model -> !ClassFiles.packageOf(model.thisClass().asInternalName())
                        .equals(place))
                .forEach(model -> ClassFiles.namedBy(model).stream()
                        .filter(used -> used.startsWith(library))
                        .forEach(used -> others.add(model.thisClass().asInternalName() + " uses " + used)));
        assertEquals("", String.join("\n", others));
    }

    /// A start of the program has no time for the reflection by which annotations are read.
    @Test
    void noCommandIsDeclaredByAnnotations() {
        Set<String> annotated = new TreeSet<>();
        ours().forEach(model -> ClassFiles.namedBy(model).stream()
                .filter(used -> used.startsWith("picocli/"))
                .filter(used -> CLASSES.get(used).flags().has(AccessFlag.ANNOTATION))
                .forEach(used -> annotated.add(model.thisClass().asInternalName() + " uses " + used)));
        assertEquals("", String.join("\n", annotated));
    }

    private static Stream<ClassModel> ours() {
        return CLASSES.values().stream()
                .filter(model -> model.thisClass().asInternalName().startsWith("rstprobe/"));
    }
}
