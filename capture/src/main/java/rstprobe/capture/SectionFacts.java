package rstprobe.capture;

/// What a capture file says about itself; an empty text is one that is not there.
///
/// @param os          the operating system it was made on
/// @param hardware    the machine it was made on
/// @param application the program that made it
/// @param comment     a remark on all of it: in an incident, the verdict
public record SectionFacts(String os, String hardware, String application, String comment) {
    /// A capture that says nothing.
    public static final SectionFacts NONE = new SectionFacts("", "", "", "");

    /// The same with this comment in place of the one it had.
    public SectionFacts withComment(String newComment) {
        return new SectionFacts(os, hardware, application, newComment);
    }
}
