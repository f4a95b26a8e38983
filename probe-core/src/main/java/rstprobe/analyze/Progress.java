package rstprobe.analyze;

/// How far a scan has come, told now and then.
final class Progress {
    /// How often it is told, in parts of all.
    private static final int TIMES = 200;

    private final ScanProgress heard;
    private final long all;
    private long done;
    private long told;

    Progress(ScanProgress heard, long all) {
        this.heard = heard;
        this.all = all;
    }

    synchronized void add(long bytes) {
        done = Math.min(all, done + bytes);
        if (done - told >= all / TIMES) {
            told = done;
            heard.at(done, all);
        }
    }
}
