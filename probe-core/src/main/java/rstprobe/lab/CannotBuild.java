package rstprobe.lab;

/// This machine cannot hold a practice network: what is missing, and what would make it able.
public final class CannotBuild extends Exception {

    private static final long serialVersionUID = 1;

    private final String what;
    private final String fix;

    CannotBuild(String what, String fix) {
        super(what + "; " + fix);
        this.what = what;
        this.fix = fix;
    }

    static CannotBuild missing(String program, String debianPackage) {
        return new CannotBuild(
                "the program " + program + " is not installed", "install it with: apt-get install " + debianPackage);
    }

    /// What is missing, one sentence without its full stop.
    public String what() {
        return what;
    }

    /// What to do about it, one sentence without its full stop.
    public String fix() {
        return fix;
    }
}
