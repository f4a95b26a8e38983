package rstprobe.path;

/// What became of a probe of a certain size.
public enum Fate {
    /// It arrived: the path takes that size. This is proof.
    DELIVERED,
    /// Nothing says that it arrived. It was too long, or was lost as any packet may be: no proof.
    SILENT,
    /// It came, but in fragments, or our own host would not send it: the path does not take it whole. Proof.
    NOT_WHOLE
}
