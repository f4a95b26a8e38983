package rstprobe.diagnose;

/// What `make calibrate` fitted: written by it, not by hand. [WeightTable] says what the columns are.
final class FittedWeights {
    private FittedWeights() {}

    static final String TABLE = """
            # nothing was fitted yet
            """;
}
