package rstprobe.architecture;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.LoadableConstantEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What counts as touching the world: everything whose result is not a function of what was handed in.
final class World {
    /// Packages that are calculation and nothing else; of the rest of the JDK nothing may be used.
    private static final Set<String> PURE_PACKAGES = Set.of(
            "java/lang",
            "java/lang/runtime",
            "java/lang/invoke",
            "java/math",
            "java/nio",
            "java/nio/charset",
            "java/security",
            "java/security/interfaces",
            "java/security/spec",
            "java/text",
            "java/time",
            "java/time/format",
            "java/util",
            "java/util/function",
            "java/util/regex",
            "java/util/stream",
            "java/util/zip",
            "javax/crypto",
            "javax/crypto/interfaces",
            "javax/crypto/spec");
    /// Libraries that calculate: primitives of cryptography, and a writer of JSON.
    private static final List<String> PURE_LIBRARIES =
            List.of("org/bouncycastle/", "com/fasterxml/jackson/core/", "rstprobe/");
    private static final Set<String> IN_MEMORY = Set.of(
            "java/io/ByteArrayInputStream",
            "java/io/ByteArrayOutputStream",
            "java/io/IOException",
            "java/io/InputStream",
            "java/io/OutputStream",
            "java/io/Reader",
            "java/io/StringReader",
            "java/io/StringWriter",
            "java/io/UncheckedIOException",
            "java/io/Writer");
    private static final Set<String> IMPURE_CLASSES = Set.of(
            "java/lang/Class",
            "java/lang/ClassLoader",
            "java/lang/InheritableThreadLocal",
            "java/lang/Module",
            "java/lang/ModuleLayer",
            "java/lang/Process",
            "java/lang/ProcessBuilder",
            "java/lang/ProcessHandle",
            "java/lang/Runtime",
            "java/lang/ScopedValue",
            "java/lang/StackWalker",
            "java/lang/Thread",
            "java/lang/ThreadLocal",
            "java/lang/invoke/MethodHandles",
            "java/nio/MappedByteBuffer",
            "java/time/Clock",
            "java/util/Random",
            "java/util/Scanner",
            "java/util/ServiceLoader",
            "java/util/SplittableRandom",
            "java/util/Timer");
    private static final Set<String> PURE_IN_SYSTEM = Set.of("arraycopy", "identityHashCode");
    private static final Set<String> PURE_IN_CLASS =
            Set.of("getSimpleName", "getName", "isInstance", "cast", "desiredAssertionStatus", "hashCode", "toString");
    private static final Set<String> DRAWN_FROM_THE_SYSTEM = Set.of(
            "java/lang/Math.random",
            "java/lang/StrictMath.random",
            "java/nio/charset/Charset.defaultCharset",
            "java/security/SecureRandom.<init>",
            "java/security/SecureRandom.getInstance",
            "java/security/SecureRandom.getInstanceStrong",
            "java/time/ZoneId.systemDefault",
            "java/util/Locale.getDefault",
            "java/util/TimeZone.getDefault",
            "java/util/UUID.randomUUID");
    private static final Set<String> FOR_THREADS =
            Set.of("wait", "notify", "notifyAll", "parallel", "parallelStream", "sleep");

    private World() {}

    /// Every member that touches the world, in these packages and in every class of ours they reach.
    static Set<String> leaks(ClassFiles classes, Predicate<String> roots) {
        Deque<String> open = new ArrayDeque<>(
                classes.byName().keySet().stream().filter(roots).toList());
        Set<String> seen = new TreeSet<>(open);
        Set<String> leaks = new TreeSet<>();
        while (!open.isEmpty()) {
            ClassModel model = classes.byName().get(open.pop());
            leaks(model, leaks);
            ClassFiles.namedBy(model).stream()
                    .filter(name -> classes.byName().containsKey(name))
                    .filter(seen::add)
                    .forEach(open::add);
        }
        return leaks;
    }

    private static void leaks(ClassModel model, Set<String> leaks) {
        String name = model.thisClass().asInternalName();
        for (MethodModel method : model.methods()) {
            String member = name + "." + method.methodName().stringValue();
            if (method.flags().has(AccessFlag.SYNCHRONIZED) || method.flags().has(AccessFlag.NATIVE)) {
                leaks.add(member + " is synchronized or native");
            }
            method.code().stream()
                    .flatMap(code -> code.elementStream())
                    .flatMap(World::touched)
                    .forEach(what -> leaks.add(member + " uses " + what));
        }
    }

    private static Stream<String> touched(CodeElement element) {
        return switch (element) {
            case InvokeInstruction call -> impure(call.method(), call.opcode());
            case FieldInstruction field -> impure(field.field(), field.opcode());
            case InvokeDynamicInstruction dynamic ->
                Stream.concat(
                        impure(
                                dynamic.bootstrapMethod().owner().descriptorString(),
                                dynamic.name().stringValue()),
                        dynamic.invokedynamic().bootstrap().arguments().stream().flatMap(World::handle));
            case MonitorInstruction _ -> Stream.of("a lock");
            default -> Stream.empty();
        };
    }

    private static Stream<String> impure(String descriptor, String name) {
        boolean known = descriptor.startsWith("Ljava/lang/runtime/") || descriptor.startsWith("Ljava/lang/invoke/");
        return known ? Stream.empty() : Stream.of("a dynamic call of " + descriptor + name);
    }

    private static Stream<String> handle(LoadableConstantEntry argument) {
        return argument instanceof MethodHandleEntry handle ? impure(handle.reference(), Opcode.NOP) : Stream.empty();
    }

    private static Stream<String> impure(MemberRefEntry member, Opcode opcode) {
        String owner = member.owner().asInternalName();
        String name = member.name().stringValue();
        String type = member.type().stringValue();
        return owner.startsWith("[") || pure(owner, name, type)
                ? Stream.empty()
                : Stream.of(owner + "." + name + (opcode == Opcode.PUTSTATIC ? " (written)" : ""));
    }

    private static boolean pure(String owner, String name, String type) {
        if (PURE_LIBRARIES.stream().anyMatch(owner::startsWith) || IN_MEMORY.contains(owner)) {
            return true;
        }
        if (!PURE_PACKAGES.contains(ClassFiles.packageOf(owner))) {
            return false;
        }
        if (owner.equals("java/lang/System")) {
            return PURE_IN_SYSTEM.contains(name);
        }
        if (owner.equals("java/lang/Class")) {
            return PURE_IN_CLASS.contains(name);
        }
        boolean ownTime = owner.startsWith("java/time/") && name.equals("now");
        boolean ownRandomness =
                owner.equals("java/util/Collections") && name.equals("shuffle") && !type.contains("Random")
                        || owner.equals("java/security/KeyPairGenerator")
                                && name.equals("initialize")
                                && !type.contains("SecureRandom");
        boolean ownLocale = owner.equals("java/lang/String")
                && (name.equals("format") && !type.contains("Locale")
                        || name.equals("formatted")
                        || name.matches("to(Lower|Upper)Case") && type.startsWith("()"));
        return !IMPURE_CLASSES.contains(owner)
                && !DRAWN_FROM_THE_SYSTEM.contains(owner + "." + name)
                && !FOR_THREADS.contains(name)
                && !ownTime
                && !ownRandomness
                && !ownLocale;
    }
}
