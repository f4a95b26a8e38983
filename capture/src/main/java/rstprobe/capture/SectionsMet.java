package rstprobe.capture;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a walk through a pcapng file knows of the sections and interfaces it has met; any later block may add to it.
///
/// Walks that part share the table of interfaces until one of them meets another interface.
final class SectionsMet {
    private InterfaceTable table;

    /// How many interfaces of the table were met, and whether the table is ours to add to.
    private int interfaces;

    private boolean owned;
    private final Map<Integer, InterfaceStatistics> statistics;
    private Optional<SectionFacts> first;

    /// The number of the first interface of the section that is being read.
    private int firstOfSection;

    /// Nothing yet.
    SectionsMet() {
        table = new InterfaceTable();
        owned = true;
        statistics = new TreeMap<>();
        first = Optional.empty();
    }

    /// As much as another one knows by now.
    SectionsMet(SectionsMet other) {
        table = other.table;
        interfaces = other.interfaces;
        owned = false;
        statistics = new TreeMap<>(other.statistics);
        first = other.first;
        firstOfSection = other.firstOfSection;
    }

    /// A section begins, with no interfaces of its own yet.
    void begin() {
        firstOfSection = interfaces;
    }

    /// Whether what the first section says about itself is not known yet.
    boolean isFirst() {
        return first.isEmpty();
    }

    void describeFirst(SectionFacts facts) {
        first = Optional.of(facts);
    }

    /// What the first section says about itself.
    SectionFacts first() {
        return first.orElse(SectionFacts.NONE);
    }

    /// Whether there may be no more interfaces.
    boolean isFull() {
        return interfaces == CaptureLimits.MAX_INTERFACES;
    }

    void add(InterfaceFacts facts, TimeScale scale) {
        if (!owned) {
            table = table.copy(interfaces);
            owned = true;
        }
        table.add(facts, scale);
        interfaces++;
    }

    void count(int id, TapStatistics counters, long ticks) {
        statistics.put(id, new InterfaceStatistics(id, counters, nanos(id, ticks)));
    }

    /// How many interfaces the section has by now.
    int ofSection() {
        return interfaces - firstOfSection;
    }

    /// The number, in all sections, of an interface of this one.
    int number(int inSection) {
        return firstOfSection + inSection;
    }

    int link(int id) {
        return table.link(id);
    }

    int snapLength(int id) {
        return table.facts(id).snapLength();
    }

    long nanos(int id, long ticks) {
        return table.nanos(id, ticks);
    }

    List<InterfaceFacts> interfaces() {
        return table.first(interfaces);
    }

    List<InterfaceStatistics> statistics() {
        return List.copyOf(statistics.values());
    }

    /// Whether the same frames would be read alike; what was counted does not matter for that.
    boolean readsAs(SectionsMet other) {
        return firstOfSection == other.firstOfSection
                && interfaces == other.interfaces
                && table.begins(interfaces, other.table);
    }
}
