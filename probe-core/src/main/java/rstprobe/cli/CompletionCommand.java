package rstprobe.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// `rstprobe generate-completion`: what a shell completes. picocli's own command of this name is declared by
/// annotations.
final class CompletionCommand implements Callable<Integer> {
    static final String NAME = "generate-completion";

    private final Vocabulary words = new Vocabulary(
            NAME,
            this,
            "Generate bash/zsh completion script for " + Main.NAME + ".",
            "Run the following command to give `" + Main.NAME + "` TAB completion in the current shell:",
            "",
            "  source <(" + Main.NAME + " " + NAME + ")",
            "");

    CommandSpec spec() {
        words.version(NAME + " " + CommandLine.VERSION);
        CommandSpec spec = words.spec().helpCommand(true);
        spec.usageMessage().optionListHeading("Options:%n");
        return spec;
    }

    @Override
    public Integer call() {
        CommandSpec main = words.line().getParent().getCommandSpec();
        // Only behind a help command of its own does picocli complete the names of the others.
        main.removeSubcommand(HelpCommand.NAME);
        main.addSubcommand(HelpCommand.NAME, new Vocabulary(HelpCommand.NAME, new CommandLine.HelpCommand()).spec());
        PrintWriter out = words.line().getOut();
        out.print(AutoComplete.bash(Main.NAME, main.commandLine()));
        out.print('\n');
        out.flush();
        return Exit.WORKS;
    }
}
