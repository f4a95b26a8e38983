package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// Every call into the C library, each below its C prototype.
///
/// A method returns what the C function returns, or minus the errno where that returns -1: the convention of the
/// kernel itself, so that an expected `EAGAIN` costs no exception. [LinuxException#check] turns the rest into one.
///
/// All calls share one method handle, six 64-bit integers in and one out. Linking a shape takes milliseconds and
/// finding a function takes microseconds, so the whole class starts at the price of one link: on JDK 25 about 15 ms
/// with an AOT cache and 40 ms without, where a shape for each of these prototypes takes 70 and 80 ms in all.
///
/// It is right wherever `int`, `long` and pointer arguments each travel sign-extended in a register of their own,
/// variadic ones too, and where a callee leaves alone the registers it does not know: the Linux calling conventions of
/// x86-64 (System V psABI 3.2.3), AArch64 (AAPCS64 6.4) and RISC-V. An `int` result is cut from the low half of the
/// register.
///
/// A segment handed in must belong to an arena that the caller keeps open until the call returns.
@SuppressWarnings("restricted")
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = LINKER.defaultLookup();
    private static final long ERRNO = Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));
    private static final MethodHandle CALL = LINKER.downcallHandle(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"));
    /// Where the calling thread's errno is put before anything else can overwrite it.
    private static final ThreadLocal<MemorySegment> ERRNO_SLOT =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    private static final MemorySegment SOCKET = function("socket");
    private static final MemorySegment CLOSE = function("close");
    private static final MemorySegment OPEN = function("open");
    private static final MemorySegment CONNECT = function("connect");
    private static final MemorySegment BIND = function("bind");
    private static final MemorySegment GETSOCKNAME = function("getsockname");
    private static final MemorySegment SETSOCKOPT = function("setsockopt");
    private static final MemorySegment GETSOCKOPT = function("getsockopt");
    private static final MemorySegment PPOLL = function("ppoll");
    private static final MemorySegment SEND = function("send");
    private static final MemorySegment SENDTO = function("sendto");
    private static final MemorySegment RECVFROM = function("recvfrom");
    private static final MemorySegment RECVMSG = function("recvmsg");
    private static final MemorySegment SENDMMSG = function("sendmmsg");
    private static final MemorySegment IOCTL = function("ioctl");
    private static final MemorySegment SETNS = function("setns");
    private static final MemorySegment CAPGET = function("capget");
    private static final MemorySegment CAPSET = function("capset");
    private static final MemorySegment PRCTL = function("prctl");
    private static final MemorySegment UNAME = function("uname");
    private static final MemorySegment CLOCK_GETTIME = function("clock_gettime");
    private static final MemorySegment MMAP = function("mmap");
    private static final MemorySegment MUNMAP = function("munmap");

    private Libc() {}

    /// `int socket(int domain, int type, int protocol);`
    static int socket(int domain, int type, int protocol) {
        return intCall(SOCKET, domain, type, protocol, 0, 0, 0);
    }

    /// `int close(int fd);`
    static int close(int fd) {
        return intCall(CLOSE, fd, 0, 0, 0, 0, 0);
    }

    /// `int open(const char *pathname, int flags, ...);`
    static int open(MemorySegment pathname, int flags) {
        return intCall(OPEN, pathname.address(), flags, 0, 0, 0, 0);
    }

    /// `int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);`
    static int connect(int fd, MemorySegment address) {
        return intCall(CONNECT, fd, address.address(), address.byteSize(), 0, 0, 0);
    }

    /// `int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);`
    static int bind(int fd, MemorySegment address) {
        return intCall(BIND, fd, address.address(), address.byteSize(), 0, 0, 0);
    }

    /// `int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);`
    static int getsockname(int fd, MemorySegment address, MemorySegment length) {
        return intCall(GETSOCKNAME, fd, address.address(), length.address(), 0, 0, 0);
    }

    /// `int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);`
    static int setsockopt(int fd, int level, int name, MemorySegment value) {
        return intCall(SETSOCKOPT, fd, level, name, value.address(), value.byteSize(), 0);
    }

    /// `int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);`
    static int getsockopt(int fd, int level, int name, MemorySegment value, MemorySegment length) {
        return intCall(GETSOCKOPT, fd, level, name, value.address(), length.address(), 0);
    }

    /// `int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *tmo_p, const sigset_t *sigmask);`
    /// with no signal mask.
    static int ppoll(MemorySegment fds, int count, MemorySegment timeout) {
        return intCall(PPOLL, fds.address(), count, timeout.address(), 0, 0, 0);
    }

    /// `ssize_t send(int sockfd, const void *buf, size_t len, int flags);`
    static int send(int fd, MemorySegment bytes, int length, int flags) {
        return sizeCall(SEND, fd, within(bytes, length), length, flags, 0, 0);
    }

    /// `ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr,
    /// socklen_t addrlen);`
    static int sendto(int fd, MemorySegment bytes, int length, int flags, MemorySegment address) {
        return sizeCall(SENDTO, fd, within(bytes, length), length, flags, address.address(), address.byteSize());
    }

    /// `ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *src_addr, socklen_t *addrlen);`
    static int recvfrom(int fd, MemorySegment into, int flags, MemorySegment address, MemorySegment addressLength) {
        return sizeCall(
                RECVFROM, fd, into.address(), into.byteSize(), flags, address.address(), addressLength.address());
    }

    /// `ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags);`
    static int recvmsg(int fd, MemorySegment message, int flags) {
        return sizeCall(RECVMSG, fd, message.address(), flags, 0, 0, 0);
    }

    /// `int sendmmsg(int sockfd, struct mmsghdr *msgvec, unsigned int vlen, int flags);`
    static int sendmmsg(int fd, MemorySegment messages, int count, int flags) {
        return intCall(SENDMMSG, fd, messages.address(), count, flags, 0, 0);
    }

    /// `int ioctl(int fd, unsigned long request, ...);` with a pointer as its third argument.
    static int ioctl(int fd, long request, MemorySegment argument) {
        return intCall(IOCTL, fd, request, argument.address(), 0, 0, 0);
    }

    /// `int setns(int fd, int nstype);`
    static int setns(int fd, int kind) {
        return intCall(SETNS, fd, kind, 0, 0, 0, 0);
    }

    /// `int capget(cap_user_header_t hdrp, cap_user_data_t datap);`
    static int capget(MemorySegment header, MemorySegment sets) {
        return intCall(CAPGET, header.address(), sets.address(), 0, 0, 0, 0);
    }

    /// `int capset(cap_user_header_t hdrp, const cap_user_data_t datap);`
    static int capset(MemorySegment header, MemorySegment sets) {
        return intCall(CAPSET, header.address(), sets.address(), 0, 0, 0, 0);
    }

    /// `int prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5);`
    /// with zeros for the last two.
    static int prctl(int option, long second, long third) {
        return intCall(PRCTL, option, second, third, 0, 0, 0);
    }

    /// `int uname(struct utsname *buf);`
    static int uname(MemorySegment names) {
        return intCall(UNAME, names.address(), 0, 0, 0, 0, 0);
    }

    /// `int clock_gettime(clockid_t clockid, struct timespec *tp);`
    static int clock_gettime(int clock, MemorySegment time) {
        return intCall(CLOCK_GETTIME, clock, time.address(), 0, 0, 0, 0);
    }

    /// `void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);`
    /// anywhere and from the beginning of the file.
    ///
    /// @return an address, or minus an errno: the last page of the address space is never mapped
    static long mmap(long length, int protection, int flags, int fd) {
        MemorySegment errno = ERRNO_SLOT.get();
        long address = call(MMAP, errno, 0, length, protection, flags, fd, 0);
        return address == -1 ? -errno.get(JAVA_INT, ERRNO) : address;
    }

    /// `int munmap(void *addr, size_t length);`
    static int munmap(long address, long length) {
        return intCall(MUNMAP, address, length, 0, 0, 0, 0);
    }

    private static MemorySegment function(String name) {
        return LIBRARY.findOrThrow(name);
    }

    /// The address of a segment that holds at least `length` bytes: C checks no bounds, so this does.
    private static long within(MemorySegment bytes, int length) {
        return bytes.asSlice(0, length).address();
    }

    /// For functions that return `int`: the upper half of the result register means nothing.
    private static int intCall(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        MemorySegment errno = ERRNO_SLOT.get();
        int result = (int) call(function, errno, a, b, c, d, e, f);
        return result == -1 ? -errno.get(JAVA_INT, ERRNO) : result;
    }

    /// For functions that return `ssize_t`; no buffer here is longer than an `int` can count.
    private static int sizeCall(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        MemorySegment errno = ERRNO_SLOT.get();
        long result = call(function, errno, a, b, c, d, e, f);
        return result == -1 ? -errno.get(JAVA_INT, ERRNO) : Math.toIntExact(result);
    }

    private static long call(
            MemorySegment function, MemorySegment errno, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALL.invokeExact(function, errno, a, b, c, d, e, f);
        } catch (RuntimeException | Error mistake) {
            throw mistake;
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing checked", impossible);
        }
    }
}
