package rstprobe.diagnose;

/// How well a verdict on a reset or a FIN is proven, weakest first. Each class has a limit that no confidence
/// exceeds: what verdicts of that class earned in the calibration half of the practice networks.
public enum Proof {
    /// One attempt showed it, without any active test that agrees.
    ONE_ATTEMPT("one-attempt", 0.70, 0.70),
    /// Several attempts show it alike. The ceiling lies below [NextProbe#SETTLED]: what was only listened to does not
    /// end the search while active tests can still be made.
    ATTEMPTS_ALIKE("attempts-alike", 0.80, 0.84),
    /// As before, and an active test speaks for it.
    ACTIVE_AGREES("active-test-agrees", 0.86, 0.95),
    /// A fact that no conforming end could have produced otherwise.
    CONCLUSIVE("conclusive-fact", 0.88, 0.97),
    /// Two of them, of different families.
    TWICE_CONCLUSIVE("two-conclusive-facts", 0.89, 0.97);

    /// No limit is lower; from [Weights#NAMED] downwards a class names nobody anyway.
    static final double LEAST = 0.60;

    private final String word;
    private final double guess;
    private final double ceiling;

    Proof(String word, double guess, double ceiling) {
        this.word = word;
        this.guess = guess;
        this.ceiling = ceiling;
    }

    /// The word in the table of weights, such as `attempts-alike`.
    public String word() {
        return word;
    }

    /// The limit before anything was measured.
    double guess() {
        return guess;
    }

    /// What the class cannot exceed however well it does.
    double ceiling() {
        return ceiling;
    }

    /// The limit in force.
    double limit() {
        return WeightTable.committed().limit(this);
    }

    /// What a class has earned in which verdicts named somebody in this many networks, in so many of them always
    /// rightly: Laplace's rule of succession over networks, since the runs of one network are not independent.
    double earned(int networks, int right) {
        double share = (right + 1.0) / (networks + 2.0);
        return Math.clamp(Math.floor(share * 100) / 100, LEAST, ceiling);
    }
}
