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

/// Reads what `iptables-save -c` prints, as far as it bears on one port.
final class IptablesRules {
    private static final Pattern RULE = Pattern.compile("\\[(\\d{1,18}):\\d+] -A (\\S+) (.*)");
    private static final Pattern POLICY = Pattern.compile(":(\\S+) (ACCEPT|DROP) \\[(\\d{1,18}):\\d+]");
    private static final Pattern TARGET = Pattern.compile("(?:^| )-[jg] (\\S+)");
    private static final Pattern PORTS = Pattern.compile("(! )?--(dport|dports|sport|sports) (\\S+)");
    private static final Pattern SOURCE = Pattern.compile("(! )?-s (\\S+)");
    private static final Pattern PROTOCOL = Pattern.compile("(! )?-p (\\S+)");
    private static final Pattern SET = Pattern.compile("--match-set (\\S+) src");

    private static final Pattern UNCONDITIONAL = Pattern.compile("-j (?:DROP|REJECT(?: --reject-with \\S+)?)");

    private record Rule(long packets, String text) {}

    private final ServerScope scope;
    private final String command;
    private final Map<String, List<Rule>> chains = new HashMap<>();
    private final Map<String, Long> dropping = new HashMap<>();

    private IptablesRules(ServerAnswer answer, ServerScope scope) {
        this.scope = scope;
        this.command = answer.command();
    }

    static List<FilterRule> of(ServerAnswer answer, ServerScope scope) {
        IptablesRules read = new IptablesRules(answer, scope);
        read.part(answer.lines());
        List<FilterRule> found = new ArrayList<>();
        for (String table : List.of("raw ", "mangle ", "filter ")) {
            read.walk(table, "PREROUTING", "dport", false, Optional.empty(), found, new HashSet<>());
            read.walk(table, "INPUT", "dport", false, Optional.empty(), found, new HashSet<>());
            read.walk(table, "OUTPUT", "sport", false, Optional.empty(), found, new HashSet<>());
        }
        read.closed().ifPresent(found::add);
        return List.copyOf(found);
    }

    private void part(List<String> lines) {
        String table = "";
        for (String line : lines) {
            Matcher rule = RULE.matcher(line);
            Matcher policy = POLICY.matcher(line);
            if (line.startsWith("*")) {
                table = line.substring(1).strip() + " ";
            } else if (rule.matches()) {
                chains.computeIfAbsent(table + rule.group(2), _ -> new ArrayList<>())
                        .add(new Rule(Long.parseLong(rule.group(1)), rule.group(3)));
            } else if (policy.matches() && policy.group(2).equals("DROP")) {
                dropping.put(table + policy.group(1), Long.parseLong(policy.group(3)));
            }
        }
    }

    private void walk(
            String table,
            String chain,
            String side,
            boolean named,
            Optional<Boolean> client,
            List<FilterRule> found,
            Set<String> visited) {
        if (!visited.add(chain)) {
            return;
        }
        for (Rule rule : chains.getOrDefault(table + chain, List.of())) {
            Optional<Boolean> port = port(rule.text, side);
            Matcher target = TARGET.matcher(rule.text);
            if (port.filter(matches -> !matches).isPresent() || otherProtocol(rule.text) || !target.find()) {
                continue;
            }
            boolean names = named || port.isPresent();
            Optional<Boolean> about = client(rule.text).or(() -> client);
            Optional<Deed> deed = deed(target.group(1), rule.text);
            if (deed.isPresent()) {
                found.add(rule(chain, rule, deed.get(), names, about));
            } else {
                walk(table, target.group(1), side, names, about, found, visited);
            }
        }
    }

    private FilterRule rule(String chain, Rule rule, Deed deed, boolean names, Optional<Boolean> about) {
        boolean old = rule.text.contains("--ctstate ESTABLISHED")
                || rule.text.contains("--state ESTABLISHED")
                || rule.text.contains("! --tcp-flags FIN,SYN,RST,ACK SYN")
                || rule.text.contains("! --syn");
        boolean limited = chain.contains("limit")
                || rule.text.contains("--hitcount")
                || rule.text.contains("connlimit")
                || rule.text.contains("hashlimit");
        return new FilterRule(
                command,
                "-A " + chain + " " + rule.text,
                deed,
                names,
                about,
                old,
                limited,
                chain.startsWith("f2b") || chain.startsWith("fail2ban") || chain.contains("sshguard"),
                OptionalLong.of(rule.packets));
    }

    private static Optional<Deed> deed(String target, String text) {
        return switch (target) {
            case "REJECT" -> Optional.of(text.contains("tcp-reset") ? Deed.RESET : Deed.ICMP);
            case "DROP" -> Optional.of(Deed.DROP);
            default -> Optional.empty();
        };
    }

    private Optional<Boolean> port(String text, String side) {
        Matcher ports = PORTS.matcher(text);
        while (ports.find()) {
            if (ports.group(2).startsWith(side)) {
                return Optional.of(Ports.hold(ports.group(3), scope.port()) == (ports.group(1) == null));
            }
        }
        return Optional.empty();
    }

    private Optional<Boolean> client(String text) {
        Matcher source = SOURCE.matcher(text);
        if (source.find()) {
            return scope.client()
                    .map(address -> Addresses.holds(source.group(2), address) == (source.group(1) == null));
        }
        return SET.matcher(text).find() && scope.client().isPresent() ? Optional.of(false) : Optional.empty();
    }

    private static boolean otherProtocol(String text) {
        Matcher protocol = PROTOCOL.matcher(text);
        return protocol.find()
                && protocol.group(1) == null
                && !protocol.group(2).equals("tcp")
                && !protocol.group(2).equals("all");
    }

    /// The input chain ends what no rule accepts, by its policy or its last rule, and none accepts the port.
    private Optional<FilterRule> closed() {
        Long policy = dropping.get("filter INPUT");
        Optional<Rule> last = chains.getOrDefault("filter INPUT", List.of()).stream()
                .filter(rule -> UNCONDITIONAL.matcher(rule.text).matches())
                .reduce((_, later) -> later);
        if (policy == null && last.isEmpty() || accepts("INPUT", new HashSet<>())) {
            return Optional.empty();
        }
        return Optional.of(new FilterRule(
                command,
                last.map(rule -> "-A INPUT " + rule.text).orElse("-P INPUT DROP") + ", and " + FilterRule.NOT_BEFORE
                        + scope.port(),
                last.flatMap(rule -> deed(rule.text.split(" ")[1], rule.text)).orElse(Deed.DROP),
                true,
                Optional.empty(),
                false,
                false,
                false,
                OptionalLong.of(last.map(Rule::packets).orElse(policy == null ? 0L : policy))));
    }

    private boolean accepts(String chain, Set<String> visited) {
        if (!visited.add(chain)) {
            return false;
        }
        for (Rule rule : chains.getOrDefault("filter " + chain, List.of())) {
            Matcher target = TARGET.matcher(rule.text);
            boolean other = port(rule.text, "dport").filter(matches -> !matches).isPresent()
                    || otherProtocol(rule.text)
                    || client(rule.text).filter(about -> !about).isPresent()
                    || rule.text.startsWith("-i lo ")
                    || rule.text.contains("ESTABLISHED") && !rule.text.contains("NEW");
            if (!other && target.find() && (target.group(1).equals("ACCEPT") || accepts(target.group(1), visited))) {
                return true;
            }
        }
        return false;
    }
}
