package rstprobe.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.Finding.ServerFacts;
import rstprobe.record.Event;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;

/// What the server said in words, taken from the recording, in order and without repetition. The text is as it
/// came.
///
/// @param label what kind of text it is
/// @param text  the text, one line or many; invalid UTF-8 is spelled out, nothing else is cleaned yet
record Said(String label, String text) {
    /// Most lines of the server's own text that a report shows.
    static final int MAX_LINES = 8;

    /// Longest piece of one text looked at, in bytes; OpenSSH itself reads no longer line before the
    /// identification.
    private static final int MAX_BYTES = 8_192;

    /// What the server says of itself: identification, key exchange, host key, methods.
    static List<Said> facts(ServerFacts server) {
        List<Said> facts = new ArrayList<>();
        server.identification().ifPresent(line -> facts.add(new Said("identification", WireText.reread(line))));
        server.kex().ifPresent(kex -> facts.add(new Said("key exchange", WireText.reread(kex))));
        server.hostKey().ifPresent(key -> facts.add(new Said("host key", WireText.reread(key))));
        if (!server.authMethods().isEmpty()) {
            facts.add(new Said("authentication", names(server.authMethods())));
        }
        return facts;
    }

    /// The same in at most three lines, for a server with which nothing is wrong.
    static List<Said> inBrief(ServerFacts server) {
        List<Said> brief = new ArrayList<>();
        server.identification().ifPresent(line -> brief.add(new Said("server", WireText.reread(line))));
        List<String> keys =
                Stream.concat(server.kex().stream(), server.hostKey().stream()).toList();
        if (!keys.isEmpty()) {
            brief.add(new Said("keys", names(keys)));
        }
        if (!server.authMethods().isEmpty()) {
            brief.add(new Said("offers", names(server.authMethods())));
        }
        return brief;
    }

    /// Its free text: preamble lines, banners, goodbyes and whatever came in place of SSH; at most [#MAX_LINES]
    /// lines and one that counts the rest.
    static List<Said> words(List<Event> events) {
        SequencedSet<Said> all = new LinkedHashSet<>();
        for (Event event : events) {
            if (event instanceof Event.Observed observed) {
                all.addAll(of(observed.observation()));
            } else if (event instanceof Event.Ended ended) {
                all.addAll(of(ended.outcome()));
            }
        }
        List<Said> shown = new ArrayList<>(all.stream().limit(MAX_LINES).toList());
        if (all.size() > MAX_LINES) {
            shown.add(new Said("and", (all.size() - MAX_LINES) + " more lines, in the recording"));
        }
        return shown;
    }

    /// Both sides' lists where no algorithm was common; empty where that did not happen.
    static List<Said> lists(List<Event> events) {
        SequencedSet<Said> all = new LinkedHashSet<>();
        for (Event event : events) {
            if (event instanceof Event.Ended ended && ended.outcome() instanceof Outcome.NoCommonAlgorithm none) {
                all.add(new Said("list", none.list()));
                all.add(new Said("we offer", names(none.ours())));
                all.add(new Said("it offers", names(none.theirs())));
            }
        }
        return all.stream().limit(MAX_LINES).toList();
    }

    private static List<Said> of(Observation observation) {
        return switch (observation) {
            case Observation.PreambleLine preamble -> lines("before SSH", preamble.line());
            case Observation.AuthBanner banner -> lines("banner", banner.text());
            case Observation.Disconnected goodbye -> lines("disconnect " + goodbye.reason(), goodbye.text());
            case Observation.ServerText plain -> lines("plain text", plain.text());
            case Observation.ServerIdentification id ->
                id.oddities().stream().map(odd -> new Said("oddity", odd)).toList();
            case Observation.SessionRefused refused -> lines("channel refused " + refused.reason(), refused.text());
            case Observation.ServerProposal _,
                    Observation.Negotiated _,
                    Observation.HostKey _,
                    Observation.NewKeys _,
                    Observation.ExtensionInfo _,
                    Observation.AuthMethods _,
                    Observation.Tolerated _,
                    Observation.LoginBegun _,
                    Observation.LoginWithheld _,
                    Observation.KeyTried _,
                    Observation.LoginRefused _,
                    Observation.SessionOpened _,
                    Observation.CommandEnded _,
                    Observation.MarkingRestored _,
                    Observation.AskedAgain _,
                    Observation.StageCompleted _ -> List.of();
        };
    }

    private static List<Said> of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.NotSsh other -> lines("looks like " + other.looksLike(), other.sample());
            case Outcome.VersionMismatch old -> lines("other version", old.line());
            case Outcome.DisconnectedAt goodbye -> lines("disconnect " + goodbye.reason(), goodbye.text());
            case Outcome.Garbled garbled -> lines("garbled: " + garbled.what(), garbled.sample());
            case Outcome.Completed _,
                    Outcome.ResetAt _,
                    Outcome.ClosedAt _,
                    Outcome.SilentAt _,
                    Outcome.LocallyFailed _,
                    Outcome.NoCommonAlgorithm _ -> List.of();
        };
    }

    private static String names(List<String> names) {
        return names.stream().map(WireText::reread).collect(Collectors.joining(", "));
    }

    private static List<Said> lines(String label, byte[] bytes) {
        byte[] looked = bytes.length > MAX_BYTES ? Arrays.copyOf(bytes, MAX_BYTES) : bytes;
        return WireText.of(looked)
                .lines()
                .limit(MAX_LINES + 1)
                .map(line -> new Said(label, line))
                .toList();
    }
}
