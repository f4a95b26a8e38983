package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Small values: sequence numbers, flags, endpoints, slices.
class ValuesTest {
    @Test
    void sequenceNumbersGoRound() {
        assertEquals(2, Sequence.distance(-1, 1));
        assertEquals(-2, Sequence.distance(1, -1));
        assertTrue(Sequence.before(0xfffffff0, 5));
        assertFalse(Sequence.before(5, 5));
        assertTrue(Sequence.atMost(5, 5));
        assertTrue(Sequence.within(3, 0xfffffffe, 6));
        assertFalse(Sequence.within(4, 0xfffffffe, 6));
        assertFalse(Sequence.within(0xfffffffd, 0xfffffffe, 6));
        assertEquals(4294967295L, Sequence.unsigned(-1));
    }

    @Test
    void flagsReadAsPeopleSayThem() {
        assertEquals("RST,ACK", new Flags(0x014).toString());
        assertEquals("SYN,ACK", new Flags(0x012).toString());
        assertEquals("FIN,ACK,PSH", new Flags(0x019).toString());
        assertEquals("SYN,ECE,CWR,AE", new Flags(0x1c2).toString());
        assertEquals("none", new Flags(0).toString());
        assertEquals("SYN,reserved=5", new Flags(0xa02).toString());
        assertThrows(IllegalArgumentException.class, () -> new Flags(0x1000));
    }

    @Test
    void aConversationKnowsItsTwoDirections() {
        Endpoint ours = new Endpoint(IpAddress.parse("198.18.1.2"), 40000);
        Endpoint theirs = new Endpoint(IpAddress.parse("198.18.2.2"), 22);
        Conversation conversation = new Conversation(ours, theirs);
        assertTrue(conversation.isOurs(ours, theirs));
        assertTrue(conversation.isTheirs(theirs, ours));
        assertTrue(conversation.holds(theirs, ours));
        assertFalse(conversation.holds(ours, ours));
        assertEquals(conversation, conversation.reversed().reversed());
        assertEquals("198.18.1.2:40000 > 198.18.2.2:22", conversation.toString());
        assertThrows(IllegalArgumentException.class, () -> new Endpoint(ours.address(), 65536));
    }

    @Test
    void slicesAreEqualByTheirBytesAndNeverReadOutside() {
        byte[] bytes = {1, 2, 3, 1, 2, 3};
        Slice first = new Slice(bytes, 0, 3);
        Slice second = new Slice(bytes, 3, 3);
        assertEquals(first, second);
        assertEquals(first.hashCode(), second.hashCode());
        assertNotEquals(first, first.upTo(2));
        assertEquals("010203", first.toString());
        assertThrows(IndexOutOfBoundsException.class, () -> first.u8(3));
        assertThrows(IndexOutOfBoundsException.class, () -> first.i32(0));
        assertThrows(IndexOutOfBoundsException.class, () -> first.from(4));
        assertThrows(IndexOutOfBoundsException.class, () -> new Slice(bytes, 4, 3));
    }
}
