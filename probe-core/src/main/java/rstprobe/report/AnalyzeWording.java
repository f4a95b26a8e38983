package rstprobe.report;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.ResetGroup;
import rstprobe.analyze.ResetHeader;
import rstprobe.analyze.ScannedFile;
import rstprobe.analyze.Standing;
import rstprobe.diagnose.Origin;

/// The phrases of the answers about capture files.
final class AnalyzeWording {
    /// What stands in place of `this-host`: a capture does not say on which host it was made, and who opened the
    /// connection is all that is known of that end.
    private static final String CLIENT = "client";

    private static final long NANOS = 1_000_000_000L;

    private AnalyzeWording() {}

    /// The word for an origin in a capture of others.
    static String word(Origin origin) {
        return origin == Origin.THIS_HOST ? CLIENT : origin.word();
    }

    /// A moment in UTC, to the second.
    static String moment(long atNanos) {
        return Instant.ofEpochSecond(Math.floorDiv(atNanos, NANOS)).toString();
    }

    /// The same to the nanosecond.
    static String exactMoment(long atNanos) {
        return Instant.ofEpochSecond(0, atNanos).toString();
    }

    /// One of something, or several.
    static String count(long number, String one) {
        return grouped(number) + " " + one + (number == 1 ? "" : "s");
    }

    /// A number with a space behind each thousand.
    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
    }

    /// How many hosts, as far as they were counted.
    static String hosts(int number, String one) {
        return ResetGroup.tooMany(number) ? "more than " + grouped(number - 1L) + " " + one + "s" : count(number, one);
    }

    /// A verdict in one sentence. Behind the end of a connection a reset has ended nothing, whoever sent it.
    static String summary(AttributedReset reset) {
        if (reset.standing() != Standing.AFTER_END) {
            return reset.summary();
        }
        String sender = switch (reset.origin()) {
            case THIS_HOST -> "the client's side sent it";
            case SERVER_PROCESS, SERVER_KERNEL, SERVER_FIREWALL -> "the server's side sent it";
            case IN_PATH, ON_PATH, PROXY, PATH -> "it was sent on the way";
            case UNKNOWN -> "who sent it is open";
        };
        return sender + "; the connection was over by then, and nothing was cut";
    }

    /// Of whom a group speaks: in whose name it was, and to whom.
    static String between(ResetGroup group) {
        String server;
        if (group.servers() == 1) {
            server = group.surest().server().toString();
        } else {
            server = group.oneHost()
                    ? hosts(group.servers(), "port") + " of "
                            + group.surest().server().address()
                    : hosts(group.servers(), "server");
        }
        String clients = group.clients() == 1
                ? (group.conversations() == 1
                        ? group.surest().client().toString()
                        : group.surest().client().address().toString())
                : hosts(group.clients(), "client");
        return group.surest().inClientsName() ? clients + " to " + server : server + " to " + clients;
    }

    /// What the header of a reset shows of whoever sent it.
    static String sender(ResetHeader header) {
        return count(header.hops(), "hop") + " from the capture, if it began with TTL " + header.initialTtl() + "; "
                + header.look();
    }

    /// A file's problem with its name, once.
    static String problem(ScannedFile file, String problem) {
        boolean named = problem.startsWith(file.file()) || problem.endsWith(" " + file.file());
        return named ? problem : file.file() + ": " + problem;
    }

    /// A file's name as its user gave it.
    static String file(List<ScannedFile> files, int file) {
        return files.get(file).file();
    }

    /// Where the first resets of a group stand.
    static String places(ResetGroup group, List<ScannedFile> files) {
        StringBuilder places = new StringBuilder();
        int last = -1;
        for (ResetGroup.Place place : group.places()) {
            if (place.file() != last) {
                places.append(last < 0 ? "" : "; ")
                        .append(files.size() == 1 ? "" : file(files, place.file()) + " ")
                        .append(group.resets() == 1 ? "frame " : "frames ");
            } else {
                places.append(", ");
            }
            places.append(place.frame());
            last = place.file();
        }
        long left = group.resets() - group.places().size();
        return places + (left > 0 ? " and " + grouped(left) + " more" : "");
    }

    /// A kind of resets in a few words, for the head of a column.
    static String brief(Standing standing) {
        return switch (standing) {
            case ON_THE_WAY -> "on the way";
            case CUT_BY_SERVER -> "by server";
            case CUT_BY_UNKNOWN -> "open";
            case REFUSED -> "refused";
            case BY_CLIENT -> "by client";
            case AFTER_END -> "after end";
        };
    }
}
