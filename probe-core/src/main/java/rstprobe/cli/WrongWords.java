package rstprobe.cli;

/// The command line asks for something that cannot be: one line and exit code 2.
final class WrongWords extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongWords(String what) {
        super(what, null, false, false);
    }
}
