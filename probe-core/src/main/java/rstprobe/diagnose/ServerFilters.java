package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rstprobe.diagnose.ServerFinding.Whom;

/// What a server's packet filters would do to a connection, and whom its ban programs hold.
final class ServerFilters {
    /// A rule about the client whose counter says that it acted.
    private static final int ACTED_ON_CLIENT = 25;

    /// A rule about the client that nobody counts, or that did nothing yet.
    private static final int ABOUT_CLIENT = 18;

    /// A rule for the port that acted, on whom it does not say.
    private static final int ACTED_ON_PORT = 14;

    /// A rule without any condition but the port and the beginning of a connection: it meets whoever
    /// connects.
    private static final int WHOEVER_CONNECTS = 14;

    private static final int FOR_PORT = 8;

    /// What a rule may say beside its deed without sparing anybody, as nft and as iptables-save write it.
    private static final Pattern SPARES_NOBODY = Pattern.compile(
            "meta nfproto ipv[46]|(?:tcp|th) [ds]port (?:\\{[^}]*}|\\S+)|tcp flags (?:& \\([^)]*\\) == syn|syn / \\S+)|ct state (?:new|established)"
                    + "|meta l4proto (?:tcp|\\{[^}]*})|counter packets \\d+ bytes \\d+|comment \"[^\"]*\""
                    + "|log(?: prefix \"[^\"]*\")?|reject(?: with .*)?$|drop$|policy drop"
                    + "|-A \\S+|-p tcp|-m (?:tcp|multiport|conntrack|state)|--dports? \\S+|--syn"
                    + "|--tcp-flags FIN,SYN,RST,ACK SYN|--(?:ct)?state (?:NEW|ESTABLISHED)|-j (?:REJECT.*|DROP)$");
    private static final int FOR_ANYTHING = 3;

    /// Whose rules meet one family only: by their table, by a condition, or by an answer that only one has.
    private static final Pattern ONLY_IPV4 = Pattern.compile("^ip \\S+ |nfproto ipv4|\\breject with icmp (?!x)");

    private static final Pattern ONLY_IPV6 = Pattern.compile("^ip6 \\S+ |nfproto ipv6|\\breject with icmpv6 ");

    private static final Pattern DEVICE = Pattern.compile("\\bdev (\\S+)");

    private ServerFilters() {}

    /// Every rule that may meet a packet of the connection.
    static List<FilterRule> rules(Map<ServerQuestion, ServerAnswer> answers, ServerScope scope) {
        List<FilterRule> rules = new ArrayList<>();
        Optional.ofNullable(answers.get(ServerQuestion.NFT))
                .ifPresent(said -> rules.addAll(NftRules.of(said, scope, device(answers))));
        boolean v6 = scope.client().filter(client -> client.contains(":")).isPresent();
        boolean any = scope.client().isEmpty();
        if (any || !v6) {
            Optional.ofNullable(answers.get(ServerQuestion.IPTABLES))
                    .ifPresent(said -> rules.addAll(IptablesRules.of(said, scope)));
        }
        if (any || v6) {
            Optional.ofNullable(answers.get(ServerQuestion.IP6TABLES))
                    .ifPresent(said -> rules.addAll(IptablesRules.of(said, scope)));
        }
        return rules;
    }

    /// The interface that leads back to the client: where routes are the same both ways, its segments come in there.
    private static Optional<String> device(Map<ServerQuestion, ServerAnswer> answers) {
        return Optional.ofNullable(answers.get(ServerQuestion.ROUTE)).stream()
                .flatMap(said -> said.lines().stream())
                .map(DEVICE::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .findFirst();
    }

    static List<ServerFinding> findings(List<FilterRule> rules, ServerScope scope) {
        Map<Cause, ServerFinding> strongest = new LinkedHashMap<>();
        List<FilterRule> ofOthers = new ArrayList<>();
        boolean spared = true;
        for (FilterRule rule : rules) {
            boolean others = rule.client().filter(about -> !about).isPresent();
            boolean bears = rule.namesPort() || rule.client().isPresent() || rule.established();
            if (others || !bears) {
                continue;
            }
            if (ofOtherFamily(rule, scope)) {
                ofOthers.add(rule);
                continue;
            }
            spared = false;
            ServerFinding found = finding(rule, scope);
            strongest.merge(found.cause(), found, (one, other) -> other.weight() > one.weight() ? other : one);
        }
        List<ServerFinding> found = new ArrayList<>(strongest.values());
        if (spared) {
            otherFamily(ofOthers, scope).ifPresent(found::add);
        }
        return List.copyOf(found);
    }

    private static boolean ofOtherFamily(FilterRule rule, ServerScope scope) {
        return scope.client()
                .filter(client -> (client.contains(":") ? ONLY_IPV4 : ONLY_IPV6)
                        .matcher(rule.line())
                        .find())
                .isPresent();
    }

    /// The rule that ends the other family's connections to the port, where none touches those of the client's: its
    /// name may have addresses of both.
    private static Optional<ServerFinding> otherFamily(List<FilterRule> rules, ServerScope scope) {
        return rules.stream()
                .filter(rule -> rule.namesPort() && !rule.established() && !rule.limited())
                .max(Comparator.comparingInt(ServerFilters::forPort))
                .map(rule -> {
                    boolean v6 = scope.client().orElseThrow().contains(":");
                    return ServerFinding.state(
                                    "filter-other-family",
                                    Cause.ONE_FAMILY_BROKEN,
                                    Origin.SERVER_FIREWALL,
                                    forPort(rule),
                                    rule.command(),
                                    List.of(rule.line()),
                                    "a packet filter rule " + deed(rule) + " over " + (v6 ? "IPv4" : "IPv6")
                                            + " to port " + scope.port() + ", and none over "
                                            + (v6 ? "IPv6" : "IPv4") + ", which the client uses" + counted(rule))
                            .concerning(Whom.OTHERS, forPort(rule));
                });
    }

    private static ServerFinding finding(FilterRule rule, ServerScope scope) {
        boolean aboutClient = rule.client().orElse(false);
        int weight = aboutClient
                ? acted(rule) ? ACTED_ON_CLIENT : ABOUT_CLIENT
                : rule.namesPort() ? forPort(rule) : FOR_ANYTHING;
        return ServerFinding.state(
                        "filter-" + rule.cause().id(),
                        rule.cause(),
                        Origin.SERVER_FIREWALL,
                        weight,
                        rule.command(),
                        List.of(rule.line()),
                        "a packet filter rule " + deed(rule)
                                + (aboutClient
                                        ? " from " + scope.client().orElseThrow()
                                        : rule.namesPort() ? " to port " + scope.port() : "")
                                + counted(rule))
                .concerning(aboutClient ? Whom.CLIENT : Whom.EVERYBODY, weight);
    }

    private static boolean acted(FilterRule rule) {
        return rule.packets().orElse(0) > 0;
    }

    private static String counted(FilterRule rule) {
        return rule.packets().isPresent()
                ? "; it met " + rule.packets().getAsLong() + (rule.packets().getAsLong() == 1 ? " packet" : " packets")
                : "; nobody counts what it meets";
    }

    private static int forPort(FilterRule rule) {
        if (rule.packets().isPresent()) {
            return acted(rule) ? ACTED_ON_PORT : FOR_ANYTHING;
        }
        if (rule.limited()) {
            return FOR_PORT;
        }
        String text = rule.line().startsWith("-A ")
                ? rule.line()
                : rule.line().substring(rule.line().indexOf(": ") + 2);
        return text.contains(FilterRule.NOT_BEFORE)
                        || SPARES_NOBODY.matcher(text).replaceAll("").isBlank()
                ? WHOEVER_CONNECTS
                : FOR_PORT;
    }

    private static String deed(FilterRule rule) {
        String what = rule.established() ? "segments of established connections" : "connections";
        String how = switch (rule.deed()) {
            case RESET -> "resets " + what;
            case ICMP -> "rejects " + what + " with an ICMP error";
            case DROP -> "drops " + what;
        };
        return how + (rule.limited() ? " above a limit" : "");
    }

    /// Whom fail2ban holds.
    static Optional<ServerFinding> banned(ServerAnswer answer, ServerScope scope) {
        List<String> lines = answer.lines().stream()
                .filter(line -> line.contains("Banned IP list") || line.contains("[{") || line.contains("'"))
                .toList();
        List<String> addresses = lines.stream()
                .flatMap(line -> Arrays.stream(line.split("[\\s',\\[\\]{}\"]+")))
                .filter(word -> Addresses.parsed(word).isPresent())
                .distinct()
                .toList();
        if (addresses.isEmpty()) {
            return Optional.empty();
        }
        boolean client = addresses.stream().anyMatch(scope::isClient);
        return Optional.of(ServerFinding.state(
                        "fail2ban-holds",
                        Cause.BANNED,
                        Origin.SERVER_FIREWALL,
                        client ? ACTED_ON_CLIENT + 5 : FOR_ANYTHING,
                        answer.command(),
                        client
                                ? List.of(scope.client().orElseThrow() + " is in the list of banned addresses")
                                : List.of(addresses.size() + " banned addresses"),
                        client
                                ? "fail2ban bans the client's address now"
                                : "fail2ban bans " + addresses.size()
                                        + (addresses.size() == 1 ? " address" : " addresses"))
                .concerning(client ? Whom.CLIENT : Whom.OTHERS, client ? ACTED_ON_CLIENT + 5 : FOR_ANYTHING));
    }
}
