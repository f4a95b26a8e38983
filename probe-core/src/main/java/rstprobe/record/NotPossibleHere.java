package rstprobe.record;

/// An active test cannot be made on this host, on this link or with what the run may still spend. The run
/// goes on without it and says so.
class NotPossibleHere extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param why one sentence without a full stop
    NotPossibleHere(String why) {
        super(why, null, false, false);
    }
}
