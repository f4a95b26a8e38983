package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Asks the kernel's network tables (netlink(7), rtnetlink(7)). One socket per question: the calling thread's namespace
/// answers.
final class Netlink {
    static final short RTM_GETLINK = 18;
    static final short RTM_GETADDR = 22;
    static final short RTM_GETROUTE = 26;
    static final short RTM_GETNEIGH = 30;
    /// Answers accepted to one question; a host with more addresses than that is not ours to list.
    static final int MOST_MESSAGES = 100_000;
    /// The kernel answers at once; a wait this long is a fault.
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_ROUTE = 0;
    private static final int HEADER = 16;
    private static final short NLMSG_ERROR = 2;
    private static final short NLMSG_DONE = 3;
    private static final short NLM_F_REQUEST = 1;
    private static final short NLM_F_DUMP = 0x300;
    private static final int ATTRIBUTE_HEADER = 4;
    private static final int ATTRIBUTE_TYPE = 0x3fff;
    private static final int LARGEST_QUESTION = 256;
    private static final int LARGEST_ANSWER = 64 << 10;

    private final ByteBuffer question =
            ByteBuffer.allocate(LARGEST_QUESTION).order(ByteOrder.nativeOrder()).position(HEADER);
    private final short type;

    /// Starts a question with its fixed part, `struct rtmsg` or the like.
    Netlink(short type, byte... body) {
        this.type = type;
        question.put(body);
    }

    Netlink with(int attribute, byte[] value) {
        question.putShort((short) (ATTRIBUTE_HEADER + value.length))
                .putShort((short) attribute)
                .put(value);
        question.position(aligned(question.position()));
        return this;
    }

    Netlink with(int attribute, int value) {
        return with(
                attribute,
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putInt(value)
                        .array());
    }

    /// The one answer to a question about one thing.
    ///
    /// @throws LinuxException the kernel's refusal
    Answer ask() throws IOException {
        List<Answer> answers = exchange(NLM_F_REQUEST);
        if (answers.isEmpty()) {
            throw new LinuxException("rtnetlink", Errno.ENODATA);
        }
        return answers.getFirst();
    }

    /// All entries of a table.
    List<Answer> dump() throws IOException {
        return exchange((short) (NLM_F_REQUEST | NLM_F_DUMP));
    }

    private List<Answer> exchange(short flags) throws IOException {
        boolean dump = flags != NLM_F_REQUEST;
        int made = Libc.socket(AF_NETLINK, SOCK_RAW | TcpConnect.NONBLOCKING, NETLINK_ROUTE);
        try (Descriptor socket = new Descriptor(LinuxException.check("socket AF_NETLINK", made));
                Arena arena = Arena.ofConfined()) {
            int fd = socket.number();
            int length = question.position();
            question.putInt(0, length).putShort(4, type).putShort(6, flags).putInt(8, 1);
            MemorySegment address = arena.allocate(12, Long.BYTES); // struct sockaddr_nl, the kernel is port 0
            address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
            MemorySegment bytes = arena.allocate(LARGEST_QUESTION, Long.BYTES);
            MemorySegment.copy(question.array(), 0, bytes, JAVA_BYTE, 0, length);
            LinuxException.check("sendto AF_NETLINK", Libc.sendto(fd, bytes, length, Sockets.QUIETLY, address));
            MemorySegment buffer = arena.allocate(LARGEST_ANSWER, Long.BYTES);
            List<Answer> answers = new ArrayList<>();
            boolean more = true;
            while (more && answers.size() < MOST_MESSAGES) {
                more = parse(receive(fd, buffer), answers) && dump;
            }
            return answers;
        }
    }

    private static ByteBuffer receive(int fd, MemorySegment buffer) throws IOException {
        if (Poll.one(fd, Poll.IN, PATIENCE) == 0) {
            throw new LinuxException("recvfrom AF_NETLINK", Errno.ETIMEDOUT);
        }
        int length = Libc.recvfrom(fd, buffer, Sockets.WHOLE_LENGTH, MemorySegment.NULL, MemorySegment.NULL);
        LinuxException.check("recvfrom AF_NETLINK", length);
        if (length > buffer.byteSize()) {
            throw new LinuxException("recvfrom AF_NETLINK", Errno.EMSGSIZE);
        }
        return ByteBuffer.wrap(buffer.asSlice(0, length).toArray(JAVA_BYTE)).order(ByteOrder.nativeOrder());
    }

    /// @return whether more may follow
    private static boolean parse(ByteBuffer received, List<Answer> answers) throws LinuxException {
        while (received.remaining() >= HEADER) {
            int start = received.position();
            int length = received.getInt(start);
            short kind = received.getShort(start + 4);
            if (length < HEADER || length > received.remaining()) {
                throw new LinuxException("rtnetlink", Errno.EPROTO);
            }
            ByteBuffer body = received.slice(start + HEADER, length - HEADER).order(ByteOrder.nativeOrder());
            if (kind == NLMSG_DONE || kind == NLMSG_ERROR) {
                // Both start with 0 or minus an errno.
                LinuxException.check("rtnetlink", body.limit() < Integer.BYTES ? 0 : body.getInt(0));
                return false;
            }
            answers.add(new Answer(body));
            received.position(Math.min(received.limit(), start + aligned(length)));
        }
        return true;
    }

    private static int aligned(int length) {
        return (length + 3) & -4;
    }

    /// One answer: its fixed part, with the attributes behind it.
    record Answer(ByteBuffer body) {
        /// The attributes behind a fixed part of that many bytes. A damaged one ends the list.
        Map<Integer, ByteBuffer> attributes(int fixed) {
            return Netlink.attributes(body, fixed);
        }
    }

    /// The attributes from an offset on, by type.
    static Map<Integer, ByteBuffer> attributes(ByteBuffer body, int from) {
        Map<Integer, ByteBuffer> found = new HashMap<>();
        int at = from;
        while (body.limit() - at >= ATTRIBUTE_HEADER) {
            int length = Short.toUnsignedInt(body.getShort(at));
            if (length < ATTRIBUTE_HEADER || length > body.limit() - at) {
                break;
            }
            int attribute = body.getShort(at + 2) & ATTRIBUTE_TYPE;
            ByteBuffer value = body.slice(at + ATTRIBUTE_HEADER, length - ATTRIBUTE_HEADER);
            found.put(attribute, value.order(ByteOrder.nativeOrder()));
            at += aligned(length);
        }
        return found;
    }

    static byte[] bytes(ByteBuffer value) {
        byte[] copy = new byte[value.limit()];
        value.get(0, copy);
        return copy;
    }

    /// The IP address an attribute holds, of 4 or 16 bytes; empty where there is none.
    static Optional<InetAddress> address(ByteBuffer value, int scope) {
        return value == null || (value.limit() != 4 && value.limit() != 16)
                ? Optional.empty()
                : Optional.of(SocketAddress.address(MemorySegment.ofArray(bytes(value)), scope));
    }

    /// The text of an attribute that ends with a zero byte.
    static String text(ByteBuffer value) {
        byte[] bytes = Netlink.bytes(value);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
