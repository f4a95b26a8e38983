package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rstprobe.diagnose.ServerFinding.Whom;

/// What TCP wrappers would say to a client (`hosts_access(5)`, `hosts_options(5)`): the first rule of
/// `hosts.allow` that holds, else the first of `hosts.deny`, else yes.
final class ServerAccess {
    private static final Pattern LINE = Pattern.compile("(/etc/hosts\\.(?:allow|deny)):(\\d+):(.*)");

    /// Whether a rule holds for the client.
    private enum Holds {
        YES,
        NO,
        OPEN
    }

    /// One rule.
    private record Rule(String file, String cited, String daemons, String clients, String options) {
        boolean refuses() {
            return options.toUpperCase(Locale.ROOT).matches("(?s).*\\b(?:DENY|TWIST)\\b.*")
                    || file.endsWith("deny")
                            && !options.toUpperCase(Locale.ROOT).matches("(?s).*\\bALLOW\\b.*");
        }
    }

    private ServerAccess() {}

    /// @param linked whether sshd reads the files; empty where that is not known
    static Optional<ServerFinding> finding(ServerAnswer answer, ServerScope scope, Optional<Boolean> linked) {
        List<Rule> rules = rules(answer);
        for (String file : List.of("allow", "deny")) {
            for (Rule rule : rules) {
                Holds holds = rule.file.endsWith(file) ? holds(rule, scope) : Holds.NO;
                if (holds == Holds.YES || holds == Holds.OPEN && rule.refuses()) {
                    return rule.refuses() ? Optional.of(refused(answer, rule, holds, scope, linked)) : Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /// Whether rules are about names, for which the resolver is asked of whoever connects.
    static boolean needsNames(ServerAnswer answer, ServerScope scope) {
        return rules(answer).stream()
                .filter(rule -> daemons(rule.daemons))
                .anyMatch(rule -> list(rule.clients, scope.client()) == Holds.OPEN);
    }

    private static ServerFinding refused(
            ServerAnswer answer, Rule rule, Holds holds, ServerScope scope, Optional<Boolean> linked) {
        int weight = linked.map(reads -> reads ? 22 : 0).orElse(12);
        int open = holds == Holds.OPEN ? Math.min(weight, 8) : weight;
        String who = scope.client().orElse("some clients");
        String read = linked.map(reads -> reads ? "" : "; but this sshd does not read it (no libwrap)")
                .orElse("; whether this sshd reads it (libwrap) could not be told");
        return ServerFinding.state(
                        "hosts-deny",
                        Cause.TCP_WRAPPERS,
                        Origin.SERVER_PROCESS,
                        open,
                        answer.command(),
                        List.of(rule.cited),
                        (holds == Holds.YES ? "TCP wrappers refuse " : "TCP wrappers may refuse ") + who + read)
                .concerning(scope.client().isPresent() && holds == Holds.YES ? Whom.CLIENT : Whom.SOMEBODY, open);
    }

    /// Lines that end with a backslash continue.
    private static List<Rule> rules(ServerAnswer answer) {
        List<Rule> rules = new ArrayList<>();
        String begun = "";
        String cited = "";
        for (String raw : answer.lines()) {
            Matcher line = LINE.matcher(raw);
            if (!line.matches() || begun.isEmpty() && line.group(3).strip().startsWith("#")) {
                continue;
            }
            cited = begun.isEmpty() ? raw : cited + " " + line.group(3).strip();
            String text = begun + line.group(3);
            if (text.endsWith("\\")) {
                begun = text.substring(0, text.length() - 1);
                continue;
            }
            begun = "";
            String[] parts = text.split("(?<!\\\\):(?![^\\[]*])", 3);
            if (parts.length >= 2) {
                rules.add(new Rule(
                        line.group(1), cited, parts[0].strip(), parts[1].strip(), parts.length > 2 ? parts[2] : ""));
            }
        }
        return rules;
    }

    private static Holds holds(Rule rule, ServerScope scope) {
        return daemons(rule.daemons) ? list(rule.clients, scope.client()) : Holds.NO;
    }

    private static boolean daemons(String list) {
        String[] parts = list.split("(?i)\\bEXCEPT\\b", 2);
        return names(parts[0]) && (parts.length < 2 || !names(parts[1]));
    }

    private static boolean names(String list) {
        return Arrays.stream(list.split("[,\\s]+"))
                .map(word -> word.replaceFirst("@.*", ""))
                .anyMatch(word -> word.equals("sshd") || word.equalsIgnoreCase("ALL"));
    }

    private static Holds list(String list, Optional<String> client) {
        String[] parts = list.split("(?i)\\bEXCEPT\\b", 2);
        Holds first = any(parts[0], client);
        if (parts.length < 2 || first == Holds.NO) {
            return first;
        }
        return switch (list(parts[1], client)) {
            case YES -> Holds.NO;
            case NO -> first;
            case OPEN -> Holds.OPEN;
        };
    }

    private static Holds any(String list, Optional<String> client) {
        Holds best = Holds.NO;
        for (String pattern : list.strip().split("[,\\s]+")) {
            Holds one = one(pattern, client);
            best = one == Holds.YES || best == Holds.NO ? (best == Holds.YES ? best : one) : best;
        }
        return best;
    }

    /// Names need the server's resolver: they stay open.
    private static Holds one(String pattern, Optional<String> client) {
        if (pattern.equalsIgnoreCase("ALL")) {
            return Holds.YES;
        }
        if (client.isEmpty()) {
            return pattern.isEmpty() ? Holds.NO : Holds.OPEN;
        }
        String bare = pattern.replaceAll("[\\[\\]]", "");
        if (bare.matches("[\\d.]+\\.")) {
            return client.get().startsWith(bare) ? Holds.YES : Holds.NO;
        }
        if (bare.matches("[0-9A-Fa-f:.]+(?:/[\\d.]+)?") && bare.matches(".*[.:].*")) {
            return Addresses.holds(bare, client.get()) ? Holds.YES : Holds.NO;
        }
        return pattern.isEmpty() ? Holds.NO : Holds.OPEN;
    }
}
