package rstprobe.diagnose;

import java.util.Optional;
import java.util.function.Supplier;

/// A value that is worked out when it is first asked for, and not again: many rules ask the same of one connection.
final class Late<T> implements Supplier<T> {
    private final Supplier<T> how;
    private Optional<T> known = Optional.empty();

    private Late(Supplier<T> how) {
        this.how = how;
    }

    /// @param how depends on nothing that changes
    static <T> Late<T> of(Supplier<T> how) {
        return new Late<>(how);
    }

    @Override
    public T get() {
        if (known.isEmpty()) {
            known = Optional.of(how.get());
        }
        return known.get();
    }
}
