package rstprobe.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Compiled classes by internal name, such as `rstprobe/wire/Decoder`, read from where a class was
/// loaded.
record ClassFiles(Map<String, ClassModel> byName) {
    private static final Pattern IN_DESCRIPTOR = Pattern.compile("L([A-Za-z0-9_/$]+);");

    /// All classes that lie beside these, in the same folder or jar.
    static ClassFiles beside(Class<?>... anchors) {
        Map<String, ClassModel> all = new TreeMap<>();
        for (Class<?> anchor : anchors) {
            try {
                Path place = Path.of(anchor.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
                if (Files.isDirectory(place)) {
                    read(place, all);
                } else {
                    try (FileSystem jar = FileSystems.newFileSystem(place)) {
                        read(jar.getPath("/"), all);
                    }
                }
            } catch (IOException | URISyntaxException failed) {
                throw new IllegalStateException("cannot read the classes beside " + anchor, failed);
            }
        }
        return new ClassFiles(all);
    }

    private static void read(Path root, Map<String, ClassModel> into) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(file -> file.toString().endsWith(".class")).forEach(file -> {
                try {
                    ClassModel model = ClassFile.of().parse(Files.readAllBytes(file));
                    into.put(model.thisClass().asInternalName(), model);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        }
    }

    /// The package of a class, such as `rstprobe/wire`.
    static String packageOf(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }

    /// Every class that a class names, be it in code, in a descriptor or in a signature.
    static Set<String> namedBy(ClassModel model) {
        Set<String> names = new TreeSet<>();
        for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof ClassEntry named) {
                names.add(named.asInternalName().replaceAll("^\\[+L?|;$", ""));
            } else if (entry instanceof Utf8Entry text) {
                Matcher types = IN_DESCRIPTOR.matcher(text.stringValue());
                while (types.find()) {
                    names.add(types.group(1));
                }
            }
        }
        return names;
    }
}
