package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rstprobe.diagnose.FilterRule.Deed;

/// Reads what `nft -a list ruleset` prints, as far as it bears on one port.
///
/// It names the rules that may meet a packet, and their counters say the rest; whether anything lets a connection in is
/// played through them by [NftFate].
final class NftRules {
    private static final Pattern TABLE = Pattern.compile("table (\\w+) (\\S+) \\{.*");
    private static final Pattern CHAIN = Pattern.compile("chain (\\S+) \\{.*");
    private static final Pattern SET = Pattern.compile("(?:set|map) (\\S+) \\{.*");
    private static final Pattern HOOK = Pattern.compile("type \\w+ hook (\\w+) .*?(?:policy (\\w+);)?.*");
    private static final Pattern LEADS = Pattern.compile("\\b(?:jump|goto) (\\S+)");
    private static final Pattern COUNTER = Pattern.compile("\\bcounter packets (\\d+)");
    private static final Pattern PORTS =
            Pattern.compile("\\b(?:tcp |th )?(dport|sport) (!= )?(\\{[^}]*}|@\\S+|[\\w-]+)");
    private static final Pattern SOURCE = Pattern.compile("\\bip6? saddr (!= )?(\\{[^}]*}|@\\S+|[0-9A-Fa-f:./]+)");
    private static final Pattern OTHER_PROTOCOL = Pattern.compile(
            "\\b(?:udp|icmp|icmpv6|sctp|igmp) |ip6? (?:protocol|nexthdr) (?!tcp)\\w+|l4proto (?!tcp|\\{)\\w+");
    private static final Pattern REDIRECTS =
            Pattern.compile("(?<= )(?:dnat|redirect|tproxy)(?= |$)|xt target \"(?:DNAT|REDIRECT|TPROXY)");
    private static final Pattern OUTWARDS = Pattern.compile("output|postrouting");

    private final ServerScope scope;
    private final String command;
    private final List<String> lines;
    private final Optional<String> device;
    private final Map<String, List<String>> rules = new HashMap<>();
    private final Map<String, String> hooks = new HashMap<>();
    private final Map<String, String> policies = new HashMap<>();
    private final Map<String, StringBuilder> sets = new HashMap<>();

    private NftRules(ServerAnswer answer, ServerScope scope, Optional<String> device) {
        this.scope = scope;
        this.device = device;
        this.command = answer.command();
        this.lines = answer.lines();
    }

    /// @param device the interface that the client's segments come in by; empty where that is not known
    static List<FilterRule> of(ServerAnswer answer, ServerScope scope, Optional<String> device) {
        NftRules read = new NftRules(answer, scope, device);
        read.part();
        return read.touching();
    }

    /// Sorts the lines under their chains and sets. Tables that `iptables` keeps are read there.
    private void part() {
        String table = "";
        String chain = "";
        String set = "";
        boolean others = false;
        for (String raw : lines) {
            String line = raw.strip().replaceFirst(" # handle \\d+$", "");
            Matcher begins = TABLE.matcher(line);
            if (line.startsWith("# Warning: table") || line.startsWith("# xtables")) {
                others = true;
            } else if (begins.matches()) {
                table = begins.group(1) + " " + begins.group(2) + " ";
                rules.putIfAbsent(others ? "" : table, new ArrayList<>());
                chain = "";
                table = others ? "" : table;
                others = false;
            } else if (!table.isEmpty() && CHAIN.matcher(line).matches()) {
                chain = table + line.split(" ")[1];
                set = "";
            } else if (!table.isEmpty() && SET.matcher(line).matches()) {
                set = table + line.split(" ")[1];
                chain = "";
            } else if (!set.isEmpty()) {
                sets.computeIfAbsent(set, _ -> new StringBuilder()).append(line).append(' ');
            } else if (!chain.isEmpty() && !line.equals("}")) {
                line(chain, line);
            }
        }
    }

    private void line(String chain, String line) {
        Matcher hook = HOOK.matcher(line);
        if (hook.matches()) {
            hooks.put(chain, hook.group(1));
            int policy = line.indexOf("policy ");
            if (policy > 0) {
                policies.put(chain, line.substring(policy + 7).replace(";", "").strip());
            }
        } else {
            rules.computeIfAbsent(chain, _ -> new ArrayList<>()).add(line);
        }
    }

    private List<FilterRule> touching() {
        List<FilterRule> found = new ArrayList<>();
        NftFate fate = new NftFate(rules, this::set, scope, device, redirects());
        hooks.forEach((chain, hook) -> {
            if (hook.equals("input")
                    || hook.equals("prerouting")
                    || OUTWARDS.matcher(hook).matches()) {
                walk(
                        chain,
                        OUTWARDS.matcher(hook).matches() ? "sport" : "dport",
                        new Led(false, false, Optional.empty()),
                        found,
                        new HashSet<>());
            }
            if (hook.equals("input") || hook.equals("prerouting")) {
                closed(chain, fate)
                        .filter(rule -> found.stream().noneMatch(known -> says(known, rule)))
                        .ifPresent(found::add);
            }
        });
        return List.copyOf(found);
    }

    private void walk(String chain, String side, Led led, List<FilterRule> found, Set<String> visited) {
        if (!visited.add(chain)) {
            return;
        }
        String table = chain.substring(0, chain.lastIndexOf(' ') + 1);
        for (String rule : rules.getOrDefault(chain, List.of())) {
            Optional<Boolean> port = port(rule, side, table);
            if (port.filter(matches -> !matches).isPresent() || otherProtocol(rule)) {
                continue;
            }
            Led here = new Led(
                    led.named() || port.isPresent(),
                    led.limited() || limited(rule),
                    client(rule, table).or(led::client));
            deed(rule).ifPresent(deed -> found.add(rule(chain, rule, deed, here)));
            Matcher leads = LEADS.matcher(rule);
            if (leads.find()) {
                walk(table + leads.group(1), side, here, found, visited);
            }
        }
    }

    /// What the rules on the way to a rule, and itself, demand.
    private record Led(boolean named, boolean limited, Optional<Boolean> client) {}

    /// iptables' own matches show by their names only.
    private static boolean limited(String rule) {
        return rule.contains("limit rate over")
                || rule.contains("ct count over")
                || rule.contains("add @")
                || rule.matches(".*xt match \"(?:recent|connlimit|hashlimit)\".*");
    }

    private FilterRule rule(String chain, String rule, Deed deed, Led led) {
        Matcher counter = COUNTER.matcher(rule);
        return new FilterRule(
                command,
                chain + ": " + rule,
                deed,
                led.named(),
                led.client(),
                rule.contains("established") && !rule.contains("!= established")
                        || rule.contains("tcp flags") && rule.contains("!= syn"),
                led.limited() || chain.contains("ufw-user-limit"),
                chain.contains("f2b")
                        || rule.contains("f2b")
                        || chain.contains("sshguard")
                        || rule.contains("@attackers"),
                counter.find() ? OptionalLong.of(number(counter.group(1))) : OptionalLong.empty());
    }

    private static boolean otherProtocol(String rule) {
        return OTHER_PROTOCOL.matcher(rule.replaceFirst("\\breject\\b.*", "")).find();
    }

    private static long number(String digits) {
        return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
    }

    private static Optional<Deed> deed(String rule) {
        if (rule.matches(".*\\breject with tcp reset\\b.*")) {
            return Optional.of(Deed.RESET);
        }
        if (rule.matches(".*\\breject\\b.*")) {
            return Optional.of(Deed.ICMP);
        }
        return rule.matches(".*\\bdrop\\b.*") ? Optional.of(Deed.DROP) : Optional.empty();
    }

    /// Whether a rule is for the port; empty where it names none.
    private Optional<Boolean> port(String rule, String side, String table) {
        Matcher ports = PORTS.matcher(rule);
        while (ports.find()) {
            if (ports.group(1).equals(side)) {
                boolean holds = Ports.hold(elements(ports.group(3), table), scope.port());
                return Optional.of(holds == (ports.group(2) == null));
            }
        }
        return Optional.empty();
    }

    private Optional<Boolean> client(String rule, String table) {
        Matcher source = SOURCE.matcher(rule);
        if (!source.find()) {
            return Optional.empty();
        }
        String[] networks = elements(source.group(2), table)
                .replaceAll("(?:timeout|expires) \\S+|counter packets \\d+ bytes \\d+", "")
                .split("[{},\\s]+");
        return scope.client().map(address -> {
            boolean holds = false;
            for (String network : networks) {
                holds |= !network.isEmpty() && Addresses.holds(network, address);
            }
            return holds == (source.group(1) == null);
        });
    }

    /// What stands in braces, or in the set of that name.
    private String elements(String written, String table) {
        return written.startsWith("@") ? set(table, written.substring(1)).orElse("") : written;
    }

    /// The elements of a set; empty where there is none of that name.
    private Optional<String> set(String table, String name) {
        return Optional.ofNullable(sets.get(table + name))
                .map(StringBuilder::toString)
                .map(set -> {
                    int begin = set.indexOf("elements = {");
                    return begin < 0 ? "" : set.substring(begin + "elements = ".length());
                });
    }

    /// Whether a rule of anybody's may turn connections to the port elsewhere.
    private boolean redirects() {
        return lines.stream()
                .filter(line -> REDIRECTS
                        .matcher(line.strip().replaceFirst("ct status dnat", ""))
                        .find())
                .anyMatch(line -> port(line, "dport", "").orElse(true));
    }

    /// Whether a rule that was found for its own sake is the one at which a chain closes.
    private static boolean says(FilterRule known, FilterRule closing) {
        return (known.namesPort() || known.client().isPresent())
                && closing.line().startsWith(known.line() + ", and ");
    }

    /// A chain on the way in that lets no connection of the client's to the port pass, or none above a limit.
    private Optional<FilterRule> closed(String chain, NftFate fate) {
        NftFate.Outcome outcome = fate.of(chain);
        boolean drops = policies.getOrDefault(chain, "accept").startsWith("drop");
        if (outcome.accepts() || outcome.passes() && !drops || outcome.ended().isEmpty() && !outcome.passes()) {
            return Optional.empty();
        }
        String ended =
                outcome.passes() ? chain + ": policy drop" : outcome.ended().orElseThrow();
        Matcher counter = COUNTER.matcher(ended);
        return Optional.of(new FilterRule(
                command,
                ended + ", and "
                        + (outcome.limited()
                                ? "what accepts port " + scope.port() + " before has a limit"
                                : FilterRule.NOT_BEFORE + scope.port()),
                outcome.passes() ? Deed.DROP : deed(ended).orElse(Deed.DROP),
                true,
                Optional.empty(),
                false,
                outcome.limited(),
                false,
                counter.find() ? OptionalLong.of(number(counter.group(1))) : OptionalLong.empty()));
    }
}
