package rstprobe.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine;
import rstprobe.record.SweepTarget;
import rstprobe.record.Target;
import rstprobe.wire.IpAddress;

/// Targets as they are collected from words and files: each once, and every line that names none.
final class TargetList {
    /// More are a mistake, or a list for several sweeps.
    static final int MOST_TARGETS = 250_000;

    private final List<SweepTarget> targets = new ArrayList<>();
    private final List<BrokenLine> broken = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private int duplicates;

    /// Takes one target as a user writes it.
    ///
    /// @param place where it was written
    void add(String place, String words) {
        try {
            add(place, TargetWords.parse(words));
        } catch (CommandLine.TypeConversionException wrong) {
            broken(place, wrong.getMessage());
        }
    }

    void add(String place, TargetWords words) {
        SweepTarget target = new SweepTarget(words.host(), words.port());
        String forbidden = Target.forbidden(words.host()).orElse("");
        if (!forbidden.isEmpty()) {
            broken(place, forbidden);
        } else if (!known.add(key(target))) {
            duplicates++;
        } else if (targets.size() >= MOST_TARGETS) {
            throw new WrongWords("more than " + MOST_TARGETS + " targets: sweep them in parts");
        } else {
            targets.add(target);
        }
    }

    /// Names are the same in any case, addresses in any spelling.
    private static String key(SweepTarget target) {
        String host = target.host().toLowerCase(Locale.ROOT);
        try {
            host = host.contains(":") ? IpAddress.parse(host).toString() : host;
        } catch (IllegalArgumentException zoned) {
            host = zoned.getMessage() == null ? host : target.host();
        }
        return host + " " + target.port();
    }

    void broken(String place, String what) {
        broken.add(new BrokenLine(place, what));
    }

    /// In the order in which they were written.
    List<SweepTarget> targets() {
        return List.copyOf(targets);
    }

    List<BrokenLine> broken() {
        return List.copyOf(broken);
    }

    /// How many were named again.
    int duplicates() {
        return duplicates;
    }
}
