package rstprobe.diagnose;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What chains of nftables do to the first segment of a client's connection, played through their rules.
///
/// A condition that the text does not decide may hold or not, and then both ways are followed: only what no way lets
/// in is called ended.
final class NftFate {
    private static final String VALUE = "(\\{[^}]*}|@\\S+|\"[^\"]*\"|[\\w][\\w:./*-]*|::[\\w:./]*)";
    private static final Pattern COMMENT = Pattern.compile(" comment \"[^\"]*\"");
    private static final Pattern VERDICT = Pattern.compile(
            "(?:^|(?<=[ ]))(?:(accept|drop|return|reject(?: with .*)?)|(jump|goto) (\\S+)|(queue\\b.*|vmap .*|synproxy.*|xt target.*))$");
    private static final Pattern OF_STATE = Pattern.compile("(?:^|(?<= ))ct state $");
    private static final Pattern NEW_IN_MAP = Pattern.compile("\\bnew : (?:(accept|drop)|jump ([^\\s,}]+)|\\S)");

    /// Met as long as not too many come; above it, the rule does nothing.
    private static final Pattern LIMIT = Pattern.compile("\\blimit rate (?!over )\\S+(?: burst \\d+ \\w+)?");

    /// What may hold of a condition.
    private enum Holds {
        YES,
        NO,
        PERHAPS;

        Holds and(Holds other) {
            return this == NO || other == NO ? NO : this == PERHAPS || other == PERHAPS ? PERHAPS : YES;
        }
    }

    /// What a chain may do.
    ///
    /// @param accepts whether it may let the segment in
    /// @param limited whether it lets it in below a limit
    /// @param passes  whether it may come to the chain's end
    /// @param ended   the last rule that may end it: its chain, a colon and the rule
    record Outcome(boolean accepts, boolean limited, boolean passes, Optional<String> ended) {
        private static final Outcome NONE = new Outcome(false, false, false, Optional.empty());
        private static final Outcome ACCEPTS = new Outcome(true, false, false, Optional.empty());
        private static final Outcome LIMITED = new Outcome(false, true, false, Optional.empty());
        private static final Outcome PASSES = new Outcome(false, false, true, Optional.empty());

        private Outcome or(Outcome other) {
            return new Outcome(
                    accepts || other.accepts,
                    limited || other.limited,
                    passes || other.passes,
                    other.ended.or(() -> ended));
        }

        private Outcome withoutPassing() {
            return new Outcome(accepts, limited, false, ended);
        }
    }

    /// A condition at the beginning of what is left of a rule, and what holds of it.
    private record Form(Pattern pattern, Function<Matcher, Holds> holds) {}

    private final Map<String, List<String>> rules;
    private final BiFunction<String, String, Optional<String>> elements;
    private final ServerScope scope;
    private final Optional<String> device;
    private final boolean redirects;
    private final List<Form> forms;
    private final Map<String, Outcome> known = new HashMap<>();
    private String table = "";

    /// @param rules     by chain, which is named with its table
    /// @param elements  those of the set of a table by its name; empty where there is no such set
    /// @param device    the interface that the client's segments come in by; empty where that is not known
    /// @param redirects whether something may turn connections to the port elsewhere before
    NftFate(
            Map<String, List<String>> rules,
            BiFunction<String, String, Optional<String>> elements,
            ServerScope scope,
            Optional<String> device,
            boolean redirects) {
        this.rules = rules;
        this.elements = elements;
        this.scope = scope;
        this.device = device;
        this.redirects = redirects;
        this.forms = List.of(
                form(
                        "counter (?:packets \\d+ bytes \\d+|name \\S+)|log(?: (?:prefix \"[^\"]*\"|level \\w+|flags [\\w ,]+?|group \\d+))*(?= |$)",
                        _ -> Holds.YES),
                form("(?:tcp|th) dport (!= )?" + VALUE, this::port),
                form("(?:udp|udplite|sctp|dccp|icmp|icmpv6|igmp|esp|ah) \\w+ (!= )?" + VALUE, _ -> Holds.NO),
                form("(?:meta l4proto|ip protocol|ip6 nexthdr) (!= )?" + VALUE, this::protocol),
                form("meta nfproto (!= )?(ipv4|ipv6)", this::family),
                form("(ip6?) saddr (!= )?" + VALUE, this::source),
                form(
                        "(ip6?) daddr (!= )?" + VALUE,
                        found -> ofFamily(found.group(1)).and(Holds.PERHAPS)),
                form("iif(?:name)? (!= )?" + VALUE, this::entered),
                form(
                        "ct state (!= )?([\\w,]+|\\{[^}]*})",
                        found -> held(words(found.group(2)).contains("new"), found.group(1))),
                form("ct status dnat(?= |$)", _ -> redirects ? Holds.PERHAPS : Holds.NO),
                form("tcp flags syn / \\S+|tcp flags & \\([^)]*\\) == syn(?= |$)", _ -> Holds.YES),
                form("tcp flags (?:& \\([^)]*\\) )?!= syn(?: / \\S+)?(?= |$)", _ -> Holds.NO));
    }

    private static Form form(String pattern, Function<Matcher, Holds> holds) {
        return new Form(Pattern.compile(pattern), holds);
    }

    /// What becomes of the segment in a chain.
    Outcome of(String chain) {
        Outcome before = known.get(chain);
        if (before != null) {
            return before;
        }
        // Chains cannot lead back to themselves; a text in which they do says nothing.
        known.put(chain, Outcome.ACCEPTS);
        Outcome played = play(chain);
        known.put(chain, played);
        return played;
    }

    private Outcome play(String chain) {
        String own = chain.substring(0, chain.lastIndexOf(' ') + 1);
        Outcome sum = Outcome.NONE;
        for (String written : rules.getOrDefault(chain, List.of())) {
            String rule = COMMENT.matcher(written).replaceAll("");
            Matcher verdict = VERDICT.matcher(rule);
            if (!verdict.find()) {
                continue;
            }
            table = own;
            String conditions =
                    OF_STATE.matcher(rule.substring(0, verdict.start())).replaceFirst("");
            boolean limits = LIMIT.matcher(conditions).find();
            Holds holds = holds(LIMIT.matcher(conditions).replaceFirst(""));
            if (holds == Holds.NO) {
                continue;
            }
            boolean ofState = conditions.length() < verdict.start();
            Outcome deed = deed(verdict, ofState, chain + ": " + written, own);
            boolean leaves = "goto".equals(verdict.group(2)) || "return".equals(verdict.group(1));
            sum = sum.or(limits && deed.accepts ? limited(holds) : leaves ? deed : deed.withoutPassing());
            if ((leaves || !deed.passes) && holds == Holds.YES && !limits) {
                return sum;
            }
        }
        return sum.or(Outcome.PASSES);
    }

    private static Outcome limited(Holds holds) {
        return holds == Holds.YES ? Outcome.LIMITED : Outcome.ACCEPTS;
    }

    private Outcome deed(Matcher verdict, boolean ofState, String rule, String own) {
        if (verdict.group(2) != null) {
            return of(own + verdict.group(3));
        }
        if (verdict.group(4) == null) {
            return simple(verdict.group(1), rule);
        }
        Matcher fresh = NEW_IN_MAP.matcher(verdict.group(4));
        if (ofState && verdict.group(4).startsWith("vmap {") && !fresh.find()) {
            return Outcome.PASSES;
        }
        if (ofState && fresh.hasMatch() && fresh.group(1) != null) {
            return simple(fresh.group(1), rule);
        }
        // Where it leads is not followed: it may let the segment in, or do nothing.
        return ofState && fresh.hasMatch() && fresh.group(2) != null
                ? of(own + fresh.group(2))
                : new Outcome(true, false, true, Optional.empty());
    }

    private static Outcome simple(String verdict, String rule) {
        return switch (verdict) {
            case "accept" -> Outcome.ACCEPTS;
            case "return" -> Outcome.PASSES;
            default -> new Outcome(false, false, false, Optional.of(rule));
        };
    }

    /// Whether all conditions hold. What is not known is passed over word by word, so that a later one may still say
    /// no.
    private Holds holds(String conditions) {
        String left = conditions.strip();
        Holds all = left.contains(" . ") ? Holds.PERHAPS : Holds.YES;
        while (!left.isEmpty() && all != Holds.NO && !left.contains(" . ")) {
            boolean read = false;
            for (Form form : forms) {
                Matcher found = form.pattern.matcher(left);
                if (found.lookingAt()) {
                    all = all.and(form.holds.apply(found));
                    left = left.substring(found.end()).strip();
                    read = true;
                    break;
                }
            }
            if (!read) {
                all = all.and(Holds.PERHAPS);
                int blank = left.indexOf(' ');
                left = blank < 0 ? "" : left.substring(blank + 1).strip();
            }
        }
        return all;
    }

    private static Holds held(boolean holds, String not) {
        return holds == (not == null) ? Holds.YES : Holds.NO;
    }

    private static List<String> words(String written) {
        return List.of(written.replaceAll("[{}\"]", " ").strip().split("[,\\s]+"));
    }

    /// What a value holds: itself, or the elements of the set it names.
    private Optional<String> value(String written) {
        return written.startsWith("@") ? elements.apply(table, written.substring(1)) : Optional.of(written);
    }

    private Holds port(Matcher found) {
        return value(found.group(2))
                .map(ports -> held(Ports.hold(ports, scope.port()), found.group(1)))
                .orElse(Holds.PERHAPS);
    }

    private Holds protocol(Matcher found) {
        List<String> named = words(found.group(2));
        return held(named.contains("tcp") || named.contains("6"), found.group(1));
    }

    private Holds family(Matcher found) {
        Holds holds = ofFamily(found.group(2).equals("ipv6") ? "ip6" : "ip");
        return found.group(1) == null || holds == Holds.PERHAPS ? holds : holds == Holds.YES ? Holds.NO : Holds.YES;
    }

    private Holds ofFamily(String protocol) {
        return scope.client()
                .map(address -> held(address.contains(":") == protocol.equals("ip6"), null))
                .orElse(Holds.PERHAPS);
    }

    private Holds source(Matcher found) {
        Optional<String> networks = value(found.group(3));
        if (networks.isEmpty() || scope.client().isEmpty()) {
            return ofFamily(found.group(1)).and(Holds.PERHAPS);
        }
        boolean holds = false;
        boolean ranges = false;
        for (String network :
                words(networks.get().replaceAll("(?:timeout|expires) \\S+|counter packets \\d+ bytes \\d+", ""))) {
            holds |= Addresses.holds(network, scope.client().get());
            ranges |= network.contains("-");
        }
        return ofFamily(found.group(1)).and(ranges && !holds ? Holds.PERHAPS : held(holds, found.group(2)));
    }

    /// A client comes from elsewhere, and by the interface that leads back to it.
    private Holds entered(Matcher found) {
        List<String> named = words(found.group(2));
        if (named.size() == 1 && named.getFirst().equals("lo")) {
            return held(false, found.group(1));
        }
        return device.map(name -> held(
                        named.stream()
                                .anyMatch(one -> one.endsWith("*")
                                        ? name.startsWith(one.substring(0, one.length() - 1))
                                        : one.equals(name)),
                        found.group(1)))
                .orElse(Holds.PERHAPS);
    }
}
