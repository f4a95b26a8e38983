package rstprobe.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Words in, exit code out.
@Command(name = "rstprobe", version = "rstprobe 0.1.0", mixinStandardHelpOptions = true)
public final class Main implements Runnable {
    private Main() {}

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] words) {
        System.exit(run(words));
    }

    /// Runs one command and returns its exit code; the process lives on.
    public static int run(String... words) {
        return new CommandLine(new Main()).execute(words);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
