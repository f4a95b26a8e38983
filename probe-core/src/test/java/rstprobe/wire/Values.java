package rstprobe.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Random legal headers.
final class Values {
    private Values() {}

    static IpHeader ipHeader(Random random, boolean isV6) {
        IpHeader header = IpHeader.between(address(random, isV6), address(random, isV6))
                .withTtl(random.nextInt(256))
                .withTos(random.nextInt(256));
        if (!isV6) {
            byte[] noOperations = new byte[4 * random.nextInt(11)];
            Arrays.fill(noOperations, (byte) 1);
            return header.withIdentification(random.nextInt(65536))
                    .withDontFragment(random.nextBoolean())
                    .withOptions(random.nextBoolean() ? noOperations : recordRoute(random));
        }
        List<Datagram.Extension> extensions = new ArrayList<>();
        for (int count = random.nextInt(4); count > 0; count--) {
            extensions.add(extension(random));
        }
        return header.withFlowLabel(random.nextInt(1 << 20)).withExtensions(extensions);
    }

    /// A record route that some hops have filled.
    static byte[] recordRoute(Random random) {
        byte[] option = RecordRoute.toBeFilled(1 + random.nextInt(RecordRoute.MOST_SLOTS));
        byte[] written = new byte[random.nextInt((option.length - 3) / 4 + 1) * 4];
        random.nextBytes(written);
        System.arraycopy(written, 0, option, 3, written.length);
        option[2] += (byte) written.length;
        return option;
    }

    static TcpHeader tcpHeader(Random random) {
        return TcpHeader.between(random.nextInt(65536), random.nextInt(65536), random.nextInt(4096))
                .withSequence(random.nextInt())
                .withAcknowledgement(random.nextInt())
                .withWindow(random.nextInt(65536))
                .withUrgentPointer(random.nextInt(65536))
                .withOptions(options(random));
    }

    private static TcpOption[] options(Random random) {
        List<TcpOption> options = new ArrayList<>();
        int room = Encoder.MOST_OPTIONS;
        while (random.nextInt(5) > 0) {
            TcpOption option = option(random);
            int size = size(option);
            if (size > room) {
                break;
            }
            room -= size;
            options.add(option);
        }
        return options.toArray(TcpOption[]::new);
    }

    private static TcpOption option(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> new TcpOption.NoOperation();
            case 1 -> new TcpOption.MaximumSegmentSize(random.nextInt(65536));
            case 2 -> new TcpOption.WindowScale(random.nextInt(256));
            case 3 -> new TcpOption.SackPermitted();
            case 4 -> new TcpOption.Sack(List.of(new TcpOption.SackBlock(random.nextInt(), random.nextInt())));
            case 5 -> new TcpOption.Timestamps(random.nextLong(1L << 32), random.nextLong(1L << 32));
            case 6 -> new TcpOption.Md5Signature(bytes(random, 16));
            case 7 -> new TcpOption.Authentication(random.nextInt(256), random.nextInt(256), bytes(random, 12));
            case 8 -> new TcpOption.FastOpen(bytes(random, 8));
            default -> new TcpOption.Unknown(200 + random.nextInt(50), bytes(random, random.nextInt(9)));
        };
    }

    private static int size(TcpOption option) {
        return switch (option) {
            case TcpOption.NoOperation ignored -> 1;
            case TcpOption.EndOfList end -> 1 + end.padding().length();
            case TcpOption.MaximumSegmentSize ignored -> 4;
            case TcpOption.WindowScale ignored -> 3;
            case TcpOption.SackPermitted ignored -> 2;
            case TcpOption.Sack sack -> 2 + 8 * sack.blocks().size();
            case TcpOption.Timestamps ignored -> 10;
            case TcpOption.Md5Signature ignored -> 18;
            case TcpOption.Authentication ao -> 4 + ao.code().length();
            case TcpOption.FastOpen open -> 2 + open.cookie().length();
            case TcpOption.Multipath path -> 2 + path.bytes().length();
            case TcpOption.Unknown unknown -> 2 + unknown.bytes().length();
        };
    }

    private static Datagram.Extension extension(Random random) {
        int[] kinds = {Datagram.Extension.HOP_BY_HOP, Datagram.Extension.DESTINATION, Datagram.Extension.AUTHENTICATION
        };
        int kind = kinds[random.nextInt(kinds.length)];
        // Pad to 8 or 16 bytes with one PadN option; an authentication header counts in fours, less two.
        int size = kind == Datagram.Extension.AUTHENTICATION || random.nextBoolean() ? 16 : 8;
        byte[] bytes = new byte[size];
        bytes[1] = (byte) (kind == Datagram.Extension.AUTHENTICATION ? size / 4 - 2 : size / 8 - 1);
        bytes[2] = 1;
        bytes[3] = (byte) (size - 4);
        return new Datagram.Extension(kind, Slice.of(bytes));
    }

    private static IpAddress address(Random random, boolean isV6) {
        return IpAddress.of(bytes(random, isV6 ? IpAddress.V6_BYTES : IpAddress.V4_BYTES));
    }

    private static Slice bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return Slice.of(bytes);
    }
}
