package rstprobe.diagnose;

/// The events of a recording are none of a survey that this program makes: it is of another version, or was changed.
public final class OtherSurvey extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    OtherSurvey(String what) {
        super("the survey cannot be repeated: " + what);
    }
}
