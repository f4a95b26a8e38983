package rstprobe.cli;

/// A line of a target list that names no target.
///
/// @param place the file and the line's number
/// @param what  one sentence without a full stop
record BrokenLine(String place, String what) {
    @Override
    public String toString() {
        return place + ": " + what;
    }
}
