package rstprobe.capture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The interfaces of a pcapng file in the order of their blocks. It only grows, and by one walk alone; others see as
/// many as there were when they parted.
final class InterfaceTable {
    /// Text of names and filters that is kept of one file, in characters; what comes later stays without.
    private static final int MOST_TEXT = 4 << 20;

    private final List<InterfaceFacts> facts;
    private final List<TimeScale> scales;
    private int text;

    InterfaceTable() {
        this(new ArrayList<>(), new ArrayList<>(), 0);
    }

    private InterfaceTable(List<InterfaceFacts> facts, List<TimeScale> scales, int text) {
        this.facts = facts;
        this.scales = scales;
        this.text = text;
    }

    /// Another one with the first of these.
    InterfaceTable copy(int count) {
        return new InterfaceTable(
                new ArrayList<>(facts.subList(0, count)), new ArrayList<>(scales.subList(0, count)), text);
    }

    void add(InterfaceFacts more, TimeScale scale) {
        int length = more.name().length() + more.filter().length();
        boolean fits = text + length <= MOST_TEXT;
        text += fits ? length : 0;
        facts.add(fits ? more : new InterfaceFacts("", more.link(), more.snapLength(), ""));
        scales.add(scale);
    }

    InterfaceFacts facts(int id) {
        return facts.get(id);
    }

    int link(int id) {
        return facts.get(id).link().code();
    }

    long nanos(int id, long ticks) {
        return scales.get(id).nanos(ticks);
    }

    List<InterfaceFacts> first(int count) {
        return Collections.unmodifiableList(facts.subList(0, count));
    }

    /// Whether so many of these are the same as so many of those.
    boolean begins(int count, InterfaceTable other) {
        return this == other
                || facts.subList(0, count).equals(other.facts.subList(0, count))
                        && scales.subList(0, count).equals(other.scales.subList(0, count));
    }
}
