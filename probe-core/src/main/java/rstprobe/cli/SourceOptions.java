package rstprobe.cli;

import java.util.Optional;
import rstprobe.record.CannotProbe;
import rstprobe.record.NoTarget;
import rstprobe.record.OwnAddress;
import rstprobe.record.Plan;
import rstprobe.record.Target;

/// From which addresses of ours a run connects, as the user chose.
///
/// @param bind     all connections but one; empty leaves it to the kernel
/// @param alsoFrom that one; empty where there is none, since it costs another address's reputation
record SourceOptions(Optional<OwnAddress> bind, Optional<OwnAddress> alsoFrom) {
    static SourceOptions of(Optional<String> bind, Optional<String> alsoFrom) throws CannotProbe {
        if (bind.isPresent() && bind.equals(alsoFrom)) {
            throw new WrongWords("--bind and --also-from name the same address");
        }
        return new SourceOptions(own(bind), own(alsoFrom));
    }

    private static Optional<OwnAddress> own(Optional<String> text) throws CannotProbe {
        return text.isEmpty() ? Optional.empty() : Optional.of(OwnAddress.of(text.get()));
    }

    /// The target, of the chosen address's family.
    Target resolved(Plan plan) throws CannotProbe, NoTarget {
        Optional<Plan.Family> family =
                plan.family().or(() -> bind.or(() -> alsoFrom).map(OwnAddress::family));
        Target target = Target.resolve(plan.host(), family);
        Target bound = bind.isPresent() ? target.from(bind.get()) : target;
        if (alsoFrom.isPresent() && bound.route().source().equals(alsoFrom.map(OwnAddress::address))) {
            throw new WrongWords("--also-from names the address that the run connects from anyway");
        }
        return bound;
    }
}
