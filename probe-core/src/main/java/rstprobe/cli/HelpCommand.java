package rstprobe.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// `rstprobe help`: what `--help` says too. picocli's own command of this name is declared by annotations.
final class HelpCommand implements Callable<Integer> {
    static final String NAME = "help";

    private final Vocabulary words = new Vocabulary(
            NAME,
            this,
            "%nWhen no COMMAND is given, the usage help for the main command is displayed.",
            "If a COMMAND is specified, the help for that command is shown.%n");

    private Optional<String> command = Optional.empty();

    CommandSpec spec() {
        words.help("Show usage help for the help command and exit.");
        words.optionalParameter(
                "COMMAND",
                Reading.TEXT,
                name -> command = Optional.of(name),
                "The COMMAND to display the usage help message for.");
        CommandSpec spec = words.spec().helpCommand(true);
        spec.usageMessage()
                .header("Display help information about the specified command.")
                .synopsisHeading("%nUsage: ");
        return spec;
    }

    @Override
    public Integer call() {
        CommandLine main = words.line().getParent();
        CommandLine explained = command.isEmpty() ? main : main.getSubcommands().get(command.get());
        if (explained == null) {
            throw new ParameterException(main, "Unknown subcommand '" + command.get() + "'.");
        }
        explained.usage(words.line().getOut());
        return Exit.WORKS;
    }
}
