package rstprobe.ssh;

import java.security.SecureRandom;
import java.util.Optional;

/// All of a handshake after the identifications: bytes to packets, packets to their meaning, and trouble to an
/// outcome.
final class PacketStage {
    private final boolean negotiates;
    private final Course course;
    private final PacketReader reader = new PacketReader();
    private final ServerText text;
    private final Transport transport;
    private final Exchange exchange;

    PacketStage(HandshakePlan plan, byte[] serverLine, SecureRandom random, KeyShares shares, Course course) {
        this.course = course;
        negotiates = plan.opening().negotiates();
        text = new ServerText(course);
        transport = new Transport(course, reader, new PacketWriter(random));
        exchange = new Exchange(plan, serverLine, random, shares, course, transport);
    }

    /// Says what we have to say first.
    void begin() {
        if (negotiates) {
            exchange.begin();
        }
    }

    /// Takes the server's bytes from an index on.
    void receive(byte[] bytes, int start, long atNanos) {
        reader.add(bytes, start);
        try {
            while (!course.ended() && !text.begun()) {
                if (reader.isAtText()) {
                    text.begin();
                    break;
                }
                Optional<PacketReader.Packet> packet = reader.next();
                if (packet.isEmpty()) {
                    return;
                }
                exchange.on(packet.get(), atNanos);
            }
            if (!course.ended()) {
                text.add(reader.takeAll());
            }
        } catch (Malformed malformed) {
            transport.goodbye(malformed.reason(), malformed.what(), negotiates);
            course.end(new Outcome.Garbled(course.stage(), malformed.what(), reader.sample()));
        }
    }

    /// No more bytes will come.
    void finish() {
        text.finish();
    }
}
