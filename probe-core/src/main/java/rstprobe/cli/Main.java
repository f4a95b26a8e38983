package rstprobe.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import rstprobe.analyze.ScanFailure;
import rstprobe.incident.UnreadableIncident;
import rstprobe.lab.CannotBuild;
import rstprobe.record.CannotProbe;
import rstprobe.record.NoTarget;
import rstprobe.record.UnreadableCapture;
import rstprobe.report.Sanitizer;
import rstprobe.report.Tool;

/// Words in, exit code out.
@Command(
        name = "rstprobe",
        version = Tool.NAME_AND_VERSION,
        mixinStandardHelpOptions = true,
        description = "Who ended this connection, where on the path, at which byte, and what is the proof?",
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0  works: no fault found            13  the server refused on purpose",
            " 10  the server ended it              14  this host ended it",
            " 11  a middlebox or proxy ended it    15  not SSH there, or no common algorithm",
            " 12  packets above a size vanish      19  a fault whose cause is undetermined",
            "  2  usage    3  this machine cannot probe    4  target not resolved or not reached",
            " 70  a bug in rstprobe    130  interrupted"
        },
        sortOptions = false)
public final class Main implements Callable<Integer> {
    /// Every command by its name, in the order of the help text.
    private static final SequencedMap<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put(SshCommand.NAME, SshCommand::new);
        COMMANDS.put(MtuCommand.NAME, MtuCommand::new);
        COMMANDS.put(IdleCommand.NAME, IdleCommand::new);
        COMMANDS.put("replay", ReplayCommand::new);
        COMMANDS.put(AnalyzeCommand.NAME, AnalyzeCommand::new);
        COMMANDS.put(WatchCommand.NAME, WatchCommand::new);
        COMMANDS.put("server", ServerCommand::new);
        COMMANDS.put("doctor", DoctorCommand::new);
        COMMANDS.put("schema", SchemaCommand::new);
        COMMANDS.put("lab", LabCommand::new);
        COMMANDS.put("generate-completion", AutoComplete.GenerateCompletion::new);
        COMMANDS.put("help", CommandLine.HelpCommand::new);
    }

    @Spec
    private CommandSpec spec;

    private Main() {}

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] words) {
        // The system's order of addresses (RFC 6724), which ssh follows too; Java's own puts IPv4 first.
        System.setProperty("java.net.preferIPv6Addresses", "system");
        HeadStart.on(words);
        System.exit(exitCode(words));
    }

    private static int exitCode(String... words) {
        try {
            return run(words);
        } catch (Error mistake) {
            return bug(mistake);
        }
    }

    /// Runs one command and gives its exit code.
    static int run(String... words) {
        return commands(words)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Main::wrongWords)
                .setExecutionExceptionHandler((failure, _, _) -> failed(failure))
                .execute(words);
    }

    /// A command is looked at by reflection, which takes a while: where the first word names one, the others
    /// stay unseen.
    private static CommandLine commands(String... words) {
        CommandLine main = new CommandLine(new Main());
        boolean named = words.length > 0 && COMMANDS.containsKey(words[0]);
        COMMANDS.forEach((name, command) -> {
            if (!named || name.equals(words[0]) || needsAll(words[0])) {
                main.addSubcommand(name, command.get());
            }
        });
        main.getSubcommands().values().forEach(Main::addHelp);
        return main;
    }

    /// Every command explains itself, and so do its own commands.
    private static void addHelp(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        if (spec.findOption("--help") == null) {
            spec.addOption(OptionSpec.builder("-h", "--help")
                    .usageHelp(true)
                    .description("Show this help message and exit.")
                    .build());
        }
        command.getSubcommands().values().forEach(Main::addHelp);
    }

    /// Help and completion speak of all commands.
    private static boolean needsAll(String word) {
        return word.equals("help") || word.equals("generate-completion");
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "name a command: rstprobe --help lists them");
    }

    private static int wrongWords(ParameterException wrong, String[] words) {
        PrintWriter err = wrong.getCommandLine().getErr();
        Throwable cause = wrong.getCause();
        String what = cause instanceof CommandLine.TypeConversionException ? cause.getMessage() : wrong.getMessage();
        String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
        err.println("rstprobe: " + Sanitizer.terminal(what) + " (" + command + " --help)");
        return Exit.USAGE;
    }

    /// Trouble that is nobody's mistake gets one line, or two with the way out; a mistake of ours gets its
    /// trace.
    private static int failed(Exception failure) {
        return switch (failure) {
            case CannotProbe cannot -> {
                tell(cannot.what());
                System.err.println("  fix: " + Sanitizer.terminal(cannot.fix()));
                yield Exit.CANNOT_PROBE;
            }
            case CannotBuild cannot -> {
                tell(cannot.what());
                System.err.println("  fix: " + Sanitizer.terminal(cannot.fix()));
                yield Exit.CANNOT_PROBE;
            }
            case NoTarget none -> {
                tell(none.getMessage());
                yield none.kind() == NoTarget.Kind.FORBIDDEN ? Exit.USAGE : Exit.UNREACHABLE;
            }
            case UnreadableIncident unreadable -> {
                tell(unreadable.getMessage());
                yield Exit.USAGE;
            }
            case UnreadableCapture unreadable -> {
                tell(unreadable.getMessage());
                yield Exit.USAGE;
            }
            case ScanFailure scan -> {
                tell(scan.getMessage());
                yield scan.kind() == ScanFailure.Kind.NO_LIBPCAP ? Exit.CANNOT_PROBE : Exit.USAGE;
            }
            case LabRun.Stopped _ -> {
                tell("the probe was stopped, so there is no verdict");
                yield Exit.INTERRUPTED;
            }
            case WrongWords wrong -> {
                tell(wrong.getMessage());
                yield Exit.USAGE;
            }
            case InterruptedException _ -> Exit.INTERRUPTED;
            default -> bug(failure);
        };
    }

    private static int bug(Throwable mistake) {
        tell("this is a bug in rstprobe, please report it:");
        mistake.printStackTrace();
        return Exit.BUG;
    }

    private static void tell(String line) {
        System.err.println("rstprobe: " + Sanitizer.terminal(line));
    }
}
