package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One test a binding, named after it: the right call with the right arguments, and its failure by errno.
class LibcTest {
    private static final int DGRAM = 2 | 0x80000;
    private static final int NOBODY = 1 << 30;
    private static final int PAGE = 4_096;
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_PRIVATE_ANONYMOUS = 2 | 0x20;
    private static final int EBADF = -Errno.EBADF.number();

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment number = arena.allocate(JAVA_LONG);
    private int udp;

    @BeforeEach
    void openASocket() {
        udp = Libc.socket(SocketAddress.AF_INET, DGRAM, 0);
        assertTrue(udp > 2);
    }

    @AfterEach
    void closeIt() {
        Libc.close(udp);
        arena.close();
    }

    private MemorySegment loopback(int port) {
        return SocketAddress.of(arena, InetAddress.getLoopbackAddress(), port);
    }

    /// Binds the socket to a free port, and connects it to itself.
    private InetSocketAddress talkToItself() throws Exception {
        assertEquals(0, Libc.bind(udp, loopback(0)));
        InetSocketAddress local = Sockets.localAddress(udp);
        assertEquals(0, Libc.connect(udp, loopback(local.getPort())));
        return local;
    }

    @Test
    void socket() {
        assertEquals(-Errno.EAFNOSUPPORT.number(), Libc.socket(99, DGRAM, 0));
    }

    @Test
    void close() {
        int other = Libc.socket(SocketAddress.AF_INET6, DGRAM, 0);
        assertEquals(0, Libc.close(other));
        assertEquals(EBADF, Libc.close(other));
    }

    @Test
    void open() {
        int file = Libc.open(arena.allocateFrom("/proc/self/ns/net"), 0x80000);
        assertTrue(file > 2);
        assertEquals(0, Libc.close(file));
        assertEquals(-Errno.ENOENT.number(), Libc.open(arena.allocateFrom("/none/such"), 0));
    }

    @Test
    void connect() throws Exception {
        talkToItself();
        assertEquals(EBADF, Libc.connect(NOBODY, loopback(9)));
    }

    @Test
    void bind() {
        assertEquals(0, Libc.bind(udp, loopback(0)));
        assertEquals(-Errno.EINVAL.number(), Libc.bind(udp, loopback(0)), "bound already");
    }

    @Test
    void getsockname() throws Exception {
        assertEquals(0, Libc.bind(udp, loopback(0)));
        MemorySegment address = arena.allocate(16, 8);
        number.set(JAVA_INT, 0, 16);
        assertEquals(0, Libc.getsockname(udp, address, number));
        assertEquals(
                InetAddress.getLoopbackAddress(),
                SocketAddress.read(address).orElseThrow().getAddress());
        assertEquals(EBADF, Libc.getsockname(NOBODY, address, number));
    }

    @Test
    void setsockopt() throws Exception {
        assertEquals(0, Libc.setsockopt(udp, 0, 2, arena.allocateFrom(JAVA_INT, 44)));
        assertEquals(44, Sockets.get(udp, IntOption.IP_TTL));
        assertEquals(-Errno.ENOPROTOOPT.number(), Libc.setsockopt(udp, 6, 2, arena.allocateFrom(JAVA_INT, 44)));
    }

    @Test
    void getsockopt() {
        MemorySegment length = arena.allocateFrom(JAVA_INT, 4);
        assertEquals(0, Libc.getsockopt(udp, 1, 39, number, length));
        assertEquals(SocketAddress.AF_INET, number.get(JAVA_INT, 0));
        assertEquals(EBADF, Libc.getsockopt(NOBODY, 1, 39, number, length));
    }

    @Test
    void ppoll() {
        MemorySegment polled = arena.allocate(8, 8);
        polled.set(JAVA_INT, 0, udp);
        polled.set(JAVA_SHORT, 4, Poll.OUT);
        MemorySegment atOnce = arena.allocate(16, 8);
        assertEquals(1, Libc.ppoll(polled, 1, atOnce));
        assertEquals(Poll.OUT, polled.get(JAVA_SHORT, 6));
        atOnce.set(JAVA_LONG, 8, -1);
        assertEquals(-Errno.EINVAL.number(), Libc.ppoll(polled, 1, atOnce));
    }

    @Test
    void send() throws Exception {
        talkToItself();
        assertEquals(3, Libc.send(udp, arena.allocate(8), 3, Sockets.QUIETLY));
        assertEquals(EBADF, Libc.send(NOBODY, arena.allocate(8), 3, Sockets.QUIETLY));
        assertThrows(IndexOutOfBoundsException.class, () -> Libc.send(udp, arena.allocate(8), 9, 0));
    }

    @Test
    void sendto() throws Exception {
        int port = talkToItself().getPort();
        assertEquals(8, Libc.sendto(udp, arena.allocate(8), 8, Sockets.QUIETLY, loopback(port)));
        assertEquals(EBADF, Libc.sendto(NOBODY, arena.allocate(8), 8, Sockets.QUIETLY, loopback(port)));
    }

    @Test
    void recvfrom() throws Exception {
        InetSocketAddress local = talkToItself();
        MemorySegment into = arena.allocate(4);
        MemorySegment sender = arena.allocate(16, 8);
        number.set(JAVA_INT, 0, 16);
        assertEquals(-Errno.EAGAIN.number(), Libc.recvfrom(udp, into, Sockets.WHOLE_LENGTH, sender, number));
        Libc.send(udp, arena.allocateFrom("seven"), 6, Sockets.QUIETLY);
        assertEquals(6, Libc.recvfrom(udp, into, Sockets.WHOLE_LENGTH, sender, number), "the whole length");
        assertEquals('s', into.get(JAVA_BYTE, 0));
        assertEquals(local, SocketAddress.read(sender).orElseThrow());
    }

    @Test
    void recvmsg() {
        assertEquals(-Errno.EAGAIN.number(), Libc.recvmsg(udp, arena.allocate(56, 8), 0x2000 | 0x40));
        assertEquals(EBADF, Libc.recvmsg(NOBODY, arena.allocate(56, 8), 0x40));
    }

    @Test
    void sendmmsg() throws Exception {
        talkToItself();
        MemorySegment vector = arena.allocate(16, 8);
        vector.set(JAVA_LONG, 0, arena.allocate(8).address());
        vector.set(JAVA_LONG, 8, 3);
        MemorySegment messages = arena.allocate(2 * 64L, 8);
        for (long at = 0; at < messages.byteSize(); at += 64) {
            messages.set(JAVA_LONG, at + 16, vector.address());
            messages.set(JAVA_LONG, at + 24, 1);
        }
        assertEquals(2, Libc.sendmmsg(udp, messages, 2, Sockets.QUIETLY));
        assertEquals(3, messages.get(JAVA_INT, 64 + 56), "the length sent of the second");
        assertEquals(EBADF, Libc.sendmmsg(NOBODY, messages, 2, Sockets.QUIETLY));
    }

    @Test
    void ioctl() throws Exception {
        talkToItself();
        Libc.send(udp, arena.allocate(8), 5, Sockets.QUIETLY);
        assertEquals(0, Libc.ioctl(udp, 0x541B, number)); // FIONREAD
        assertEquals(5, number.get(JAVA_INT, 0));
        assertEquals(EBADF, Libc.ioctl(NOBODY, 0x541B, number));
    }

    @Test
    void setns() throws Exception {
        Namespaces.freshThread(() -> {
            NetworkNamespace.enter(Path.of("/proc/self/ns/net"));
            return null;
        });
        assertEquals(EBADF, Libc.setns(NOBODY, 0));
    }

    @Test
    void capget() throws Exception {
        assertEquals(-Errno.EINVAL.number(), Libc.capget(arena.allocate(8), arena.allocate(24)), "version 0");
        assertTrue(Capabilities.permitted().containsAll(Capabilities.effective()));
    }

    @Test
    void capset() throws Exception {
        assertEquals(-Errno.EINVAL.number(), Libc.capset(arena.allocate(8), arena.allocate(24)), "version 0");
        Set<Capability> left = Namespaces.freshThread(() -> {
            Capabilities.dropOnThisThread(Set.of());
            return Capabilities.effective();
        });
        assertEquals(Set.of(), left);
    }

    @Test
    void prctl() {
        MemorySegment name = arena.allocate(16);
        assertEquals(0, Libc.prctl(16, name.address(), 0)); // PR_GET_NAME
        assertTrue(!name.getString(0).isEmpty());
        assertEquals(-Errno.EINVAL.number(), Libc.prctl(-1, 0, 0));
    }

    @Test
    void uname() throws Exception {
        MemorySegment names = arena.allocate(390);
        assertEquals(0, Libc.uname(names));
        assertEquals("Linux", names.getString(0));
    }

    @Test
    void clock_gettime() {
        MemorySegment time = arena.allocate(16, 8);
        assertEquals(0, Libc.clock_gettime(0, time));
        assertEquals(-Errno.EINVAL.number(), Libc.clock_gettime(99, time));
    }

    @Test
    void mmap() {
        long address = Libc.mmap(PAGE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1);
        assertTrue(address > 0, () -> "errno " + -address);
        assertEquals(0, Libc.munmap(address, PAGE));
        assertEquals(-Errno.EINVAL.number(), Libc.mmap(0, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1));
    }

    @Test
    void munmap() {
        assertEquals(-Errno.EINVAL.number(), Libc.munmap(1, PAGE), "an address within a page");
    }

    @Test
    void everyBindingHasATestOfItsName() {
        Set<String> bindings = Arrays.stream(Libc.class.getDeclaredMethods())
                .filter(method -> !Modifier.isPrivate(method.getModifiers()) && !method.isSynthetic())
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> tests = Arrays.stream(LibcTest.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(Method::getName)
                .collect(Collectors.toSet());
        bindings.removeAll(tests);
        assertEquals(Set.of(), bindings);
    }

    @Test
    void eachLibraryIsCalledInOneClass() throws Exception {
        Path classes = Path.of(
                Libc.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Set<String> callers = new TreeSet<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".class")).toList()) {
                ClassFile.of().parse(file).constantPool().forEach(entry -> {
                    if (entry instanceof ClassEntry used
                            && used.asInternalName().equals("java/lang/foreign/Linker")) {
                        callers.add(file.getFileName().toString());
                    }
                });
            }
        }
        assertEquals(Set.of("Libc.class", "Libpcap.class"), callers);
    }

    @Test
    void theErrnoIsTheCallingThreadsOwn() throws Exception {
        for (int i = 0; i < 200; i++) {
            Thread other = Thread.ofPlatform().start(() -> Libc.open(MemorySegment.NULL, 0));
            assertEquals(EBADF, Libc.close(NOBODY));
            other.join();
        }
    }
}
