package rstprobe.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Targets in an Ansible inventory in INI form: the hosts of every group, their ranges spelled out, each at its
/// `ansible_host` and `ansible_port` where it has them.
final class AnsibleInventory {
    private static final Pattern SECTION = Pattern.compile("\\[([^\\[\\]:]+)(?::(\\w+))?]");
    private static final Pattern RANGE =
            Pattern.compile("\\[(?:(\\d{1,9}):(\\d{1,9})|([A-Za-z]):([A-Za-z]))(?::(\\d{1,5}))?]");
    private static final Pattern VARIABLE = Pattern.compile("(\\w+)=(\"[^\"]*\"|'[^']*'|\\S+)");
    private static final Pattern SEMICOLON = Pattern.compile("(?:^|\\s);.*$");
    private static final int MOST_OF_A_RANGE = 65_536;

    private AnsibleInventory() {}

    static void read(String name, List<String> lines, TargetList into) {
        boolean hosts = true;
        for (int i = 0; i < lines.size(); i++) {
            String line = SEMICOLON
                    .matcher(TargetFile.withoutComment(lines.get(i)))
                    .replaceFirst("")
                    .strip();
            String place = TargetFile.place(name, i + 1);
            Matcher section = SECTION.matcher(line);
            if (section.matches() && !RANGE.matcher(line).matches()) {
                hosts = section.group(2) == null;
            } else if (hosts && !line.isEmpty()) {
                host(place, line, into);
            }
        }
    }

    private static void host(String place, String line, TargetList into) {
        String pattern = line.split("\\s+", 2)[0];
        String host = "";
        String port = "";
        Matcher variables = VARIABLE.matcher(line.substring(pattern.length()));
        while (variables.find()) {
            String value = variables.group(2).replaceAll("^[\"']|[\"']$", "");
            switch (variables.group(1).toLowerCase(Locale.ROOT)) {
                case "ansible_host", "ansible_ssh_host" -> host = value;
                case "ansible_port", "ansible_ssh_port" -> port = value;
                default -> {}
            }
        }
        add(place, pattern, host, port, into);
    }

    /// Adds what a host's name and its variables mean.
    ///
    /// @param pattern the name, ranges in it
    /// @param host    where it is reached instead; empty for its name
    /// @param port    empty for the usual one
    static void add(String place, String pattern, String host, String port, TargetList into) {
        if (!host.isEmpty()) {
            into.add(place, TargetFile.words(host, port));
            return;
        }
        List<String> names = spelledOut(pattern);
        if (names.isEmpty()) {
            into.broken(place, "'" + pattern + "' is a range of no host, or of more than " + MOST_OF_A_RANGE);
        }
        names.forEach(name -> into.add(place, TargetFile.words(name, port)));
    }

    private static List<String> spelledOut(String pattern) {
        List<String> names = List.of(pattern);
        for (Matcher range = RANGE.matcher(pattern); range.find(); range = RANGE.matcher(names.getFirst())) {
            List<String> more = new ArrayList<>();
            for (String name : names) {
                Matcher here = RANGE.matcher(name);
                if (!here.find()) {
                    return List.of();
                }
                List<String> members = members(here);
                if (members.isEmpty() || more.size() + members.size() > MOST_OF_A_RANGE) {
                    return List.of();
                }
                members.forEach(
                        member -> more.add(name.substring(0, here.start()) + member + name.substring(here.end())));
            }
            names = more;
        }
        return names;
    }

    private static List<String> members(Matcher range) {
        boolean digits = range.group(1) != null;
        int from = digits ? Integer.parseInt(range.group(1)) : range.group(3).charAt(0);
        int to = digits ? Integer.parseInt(range.group(2)) : range.group(4).charAt(0);
        int step = range.group(5) == null ? 1 : Integer.parseInt(range.group(5));
        List<String> members = new ArrayList<>();
        if (step == 0 || to < from || (to - from) / step >= MOST_OF_A_RANGE) {
            return members;
        }
        String form =
                digits && range.group(1).startsWith("0") ? "%0" + range.group(1).length() + "d" : "%d";
        for (int at = from; at <= to; at += step) {
            members.add(digits ? String.format(Locale.ROOT, form, at) : String.valueOf((char) at));
        }
        return members;
    }
}
