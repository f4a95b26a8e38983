package rstprobe.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import rstprobe.cli.TargetTree.Fields;
import rstprobe.cli.TargetTree.Items;
import rstprobe.cli.TargetTree.Node;
import rstprobe.cli.TargetTree.Text;

/// Finds the targets in a tree: a list of them, as text or as mappings with a host; a document of rstprobe's own; or an
/// Ansible inventory, with its groups in groups.
final class TargetsInTree {
    private static final List<String> HOST =
            List.of("ansible_host", "host", "hostname", "fqdn", "target", "address", "ip", "name");
    private static final List<String> PORT = List.of("ansible_port", "port");
    private static final String META = "_meta";
    private static final String TARGETS = "targets";
    private static final String HOSTS = "hosts";
    private static final String CHILDREN = "children";
    private static final String VARIABLES = "vars";
    private static final int MOST_STEPS = 2_000_000;

    private final String name;
    private final TargetList into;
    private final Map<String, Fields> variables = new HashMap<>();
    private int steps;

    TargetsInTree(String name, TargetList into) {
        this.name = name;
        this.into = into;
    }

    void add(Node node) {
        if (++steps > MOST_STEPS) {
            throw new WrongWords(name + " names the same things over and over: is it a list of targets?");
        }
        switch (node) {
            case Text(int line, String value) -> into.add(place(line), value.strip());
            case Items(int _, List<Node> items) -> items.forEach(this::item);
            case Fields fields
            when fields.field(TARGETS).isPresent() -> add(fields.field(TARGETS).orElseThrow());
            case Fields fields when isHost(fields) -> host(fields);
            case Fields fields -> groups(fields);
        }
    }

    private void item(Node node) {
        if (node instanceof Fields fields && isHost(fields)) {
            host(fields);
        } else if (node instanceof Text) {
            add(node);
        } else {
            into.broken(place(node.line()), "a target is a text, or has a field 'host'");
        }
    }

    private static boolean isHost(Fields fields) {
        return !first(fields, HOST).isEmpty();
    }

    private static String first(Fields fields, List<String> names) {
        return names.stream()
                .map(fields::text)
                .filter(text -> !text.isBlank())
                .findFirst()
                .orElse("");
    }

    private void host(Fields fields) {
        into.add(place(fields.line()), TargetFile.words(first(fields, HOST), first(fields, PORT)));
    }

    /// Ansible's groups; `_meta` is what `ansible-inventory --list` puts the hosts' variables into.
    private void groups(Fields groups) {
        if (groups.field(META).orElse(null) instanceof Fields meta
                && meta.field("hostvars").orElse(null) instanceof Fields(int _, SequencedMap<String, Node> hosts)) {
            hosts.forEach((host, of) -> {
                if (of instanceof Fields fields) {
                    variables.put(host, fields);
                }
            });
        }
        groups.fields().forEach((key, group) -> {
            if (!key.equals(META)) {
                group(key, group);
            }
        });
    }

    private void group(String key, Node group) {
        if (++steps > MOST_STEPS) {
            throw new WrongWords(name + " names the same things over and over: is it a list of targets?");
        }
        switch (group) {
            case Items(int _, List<Node> hosts) -> hosts.forEach(this::named);
            case Fields fields
            when fields.field(HOSTS).isPresent()
                    || fields.field(CHILDREN).isPresent()
                    || fields.field(VARIABLES).isPresent() -> {
                fields.field(HOSTS).ifPresent(this::hosts);
                if (fields.field(CHILDREN).orElse(null) instanceof Fields children) {
                    children.fields().forEach(this::group);
                }
            }
            case Text(int _, String value) when value.isEmpty() -> {}
            case Text _, Fields _ ->
                into.broken(place(group.line()), "'" + key + "' is neither a target nor a group with 'hosts'");
        }
    }

    private void hosts(Node hosts) {
        switch (hosts) {
            case Items(int _, List<Node> items) -> items.forEach(this::named);
            case Fields(int _, SequencedMap<String, Node> fields) ->
                fields.forEach((host, of) -> host(of.line(), host, of instanceof Fields known ? known : nothing(of)));
            case Text(int line, String value) -> {
                if (!value.isEmpty()) {
                    host(line, value, nothing(hosts));
                }
            }
        }
    }

    private void named(Node node) {
        if (node instanceof Text(int line, String host)) {
            host(line, host, variables.getOrDefault(host, nothing(node)));
        } else {
            item(node);
        }
    }

    private static Fields nothing(Node at) {
        return new Fields(at.line(), new java.util.LinkedHashMap<>());
    }

    private void host(int line, String host, Fields of) {
        AnsibleInventory.add(place(line), host, of.text("ansible_host"), of.text("ansible_port"), into);
    }

    private String place(int line) {
        return TargetFile.place(name, line);
    }
}
