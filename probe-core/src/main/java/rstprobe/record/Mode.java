package rstprobe.record;

import java.util.Locale;

/// What an attempt says, and how it hands it to the network.
///
/// A server's `close()` leaves as FIN or as RST depending only on whether bytes of ours were still unread, so one
/// connection proves little: the same server is asked in several modes and the answers are held against each other.
public enum Mode {
    /// Speak at once, whole messages: what a real client does.
    TALK,
    /// Say nothing: a server's own close then leaves as FIN, and any reset is abnormal.
    LISTEN,
    /// Speak at once, one byte a segment: a device that matches single segments sees no `SSH-`.
    BYTES,
    /// As TALK but with other text of the same length: the control for a match on `SSH-`.
    NONSSH,
    /// Wait for the server's identification, then speak: tells a multiplexer from a server.
    AFTER,
    /// As TALK, but what we say first travels with the last part of the TCP handshake, so it lies there before any
    /// process has the connection: whether a close leaves as FIN or as RST then tells if that process read it.
    PROMPT,
    /// As TALK, but each message of ours up to the keys fits one short segment: KEXINIT at its natural size, and a key
    /// exchange over an elliptic curve. The control for whatever fails by size.
    SMALL,
    /// As TALK, but with type of service 0 on every packet of ours: the control for a marking that is not let through.
    UNMARKED,
    /// As TALK, but to the address of the name's other family.
    OTHER_FAMILY,
    /// As TALK, but from another address of ours, which the user allowed: the control for a refusal by source address.
    OTHER_ADDRESS,
    /// As TALK, but with one algorithm alone in its list, up to the first encrypted message of the server.
    ALGORITHM,
    /// What a survey of the path MTU rides on: it says no more than makes the server say something long.
    SURVEY;

    /// The word in recordings and reports, such as `talk`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Whether it is a control: only ever held against attempts that talk, and never counted among them.
    public boolean control() {
        return switch (this) {
            case TALK, LISTEN, BYTES, NONSSH, AFTER, PROMPT -> false;
            case SMALL, UNMARKED, OTHER_FAMILY, OTHER_ADDRESS, ALGORITHM, SURVEY -> true;
        };
    }

    /// Whether an attempt can be made in this mode wherever one can be made at all.
    /// The first words of a process come too late for the end of a handshake.
    public boolean alwaysPossible() {
        return switch (this) {
            case TALK, LISTEN, BYTES, NONSSH, AFTER, SMALL, UNMARKED -> true;
            case PROMPT, OTHER_FAMILY, OTHER_ADDRESS, ALGORITHM, SURVEY -> false;
        };
    }
}
