package rstprobe.path;

/// What a survey asks about, and so how many packets it takes.
public enum SurveyScope {
    /// Both ways, where the limit sits, whether other connections find another, and who lowers what we announce.
    WHOLE(PathMtuSearch.Effort.USUAL),
    /// The path MTU towards the target alone, in few packets: what other programs tell of a path.
    THERE(PathMtuSearch.Effort.SPARING);

    private final PathMtuSearch.Effort effort;

    SurveyScope(PathMtuSearch.Effort effort) {
        this.effort = effort;
    }

    PathMtuSearch.Effort effort() {
        return effort;
    }
}
