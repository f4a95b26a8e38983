package rstprobe.analyze;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import rstprobe.capture.FilterProgram;
import rstprobe.capture.LinkType;
import rstprobe.capture.TapFailure;

/// The user's filter, compiled for each link type when its first frame comes.
///
/// Packed files, pcapng with several link types and standard input are filtered like any other. What travels in a
/// tunnel is not: libpcap's language speaks of a frame's outer headers.
final class FrameFilters {
    private final Optional<FilterProgram.Compiler> compiler;
    private final String expression;
    private final Map<Integer, Optional<FilterProgram>> programs = new ConcurrentHashMap<>();
    private final Map<Integer, String> refused = new ConcurrentHashMap<>();

    private FrameFilters(Optional<FilterProgram.Compiler> compiler, String expression) {
        this.compiler = compiler;
        this.expression = expression;
    }

    /// Checks a filter against the common link types; one that fits none of them is no filter.
    static FrameFilters of(Optional<String> expression) throws ScanFailure {
        if (expression.isEmpty()) {
            return new FrameFilters(Optional.empty(), "");
        }
        try {
            FrameFilters filters = new FrameFilters(Optional.of(new FilterProgram.Compiler()), expression.get());
            int[] common = {LinkHeaders.ETHERNET, LinkHeaders.RAW, LinkHeaders.IEEE_802_11};
            for (int link : common) {
                if (filters.program(link).isPresent()) {
                    return filters;
                }
            }
            throw new ScanFailure(ScanFailure.Kind.FILTER, filters.refused.get(LinkHeaders.ETHERNET));
        } catch (TapFailure missing) {
            throw new ScanFailure(ScanFailure.Kind.NO_LIBPCAP, missing.getMessage());
        }
    }

    /// A filter for one thread.
    FrameFilter filter() {
        return new FrameFilter(compiler.isEmpty() ? Optional.empty() : Optional.of(this));
    }

    /// What runs over frames of a link type; nothing where libpcap cannot say anything of it.
    Optional<FilterProgram> program(int link) {
        return programs.computeIfAbsent(link, this::compiled);
    }

    private Optional<FilterProgram> compiled(int link) {
        try {
            return Optional.of(compiler.orElseThrow().compile(new LinkType(link), expression));
        } catch (TapFailure failed) {
            refused.put(link, failed.getMessage());
            return Optional.empty();
        }
    }

    /// Why frames of a link type were left out, if they were.
    Map<Integer, String> refused() {
        return new TreeMap<>(refused);
    }
}
