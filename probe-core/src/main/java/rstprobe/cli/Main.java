package rstprobe.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import rstprobe.analyze.ScanFailure;
import rstprobe.incident.UnreadableIncident;
import rstprobe.lab.CannotBuild;
import rstprobe.record.CannotProbe;
import rstprobe.record.NoTarget;
import rstprobe.record.UnreadableCapture;
import rstprobe.report.Sanitizer;
import rstprobe.report.Tool;

/// Words in, exit code out.
public final class Main implements Callable<Integer> {
    static final String NAME = "rstprobe";

    /// Every command, in the order of the help text.
    private static final List<String> COMMANDS = List.of(
            SshCommand.NAME,
            MtuCommand.NAME,
            IdleCommand.NAME,
            ReplayCommand.NAME,
            AnalyzeCommand.NAME,
            WatchCommand.NAME,
            ServerCommand.NAME,
            DoctorCommand.NAME,
            SchemaCommand.NAME,
            LabCommand.NAME,
            CompletionCommand.NAME,
            HelpCommand.NAME);

    private final Vocabulary words = new Vocabulary(
            NAME, this, "Who ended this connection, where on the path, at which byte, and what is the proof?");

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
        return new CommandLine(new Main().spec(words))
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Main::wrongWords)
                .setExecutionExceptionHandler((failure, _, _) -> failed(failure))
                .execute(words);
    }

    /// To declare a command takes a while: where the first word names one, the others are not declared.
    private CommandSpec spec(String... given) {
        boolean named = given.length > 0 && COMMANDS.contains(given[0]);
        for (String name : COMMANDS) {
            if (!named || name.equals(given[0]) || needsAll(given[0])) {
                words.command(command(name));
            }
        }
        words.version(Tool.NAME_AND_VERSION);
        words.footer(
                "Exit codes",
                "  0  works: no fault found            13  the server refused on purpose",
                " 10  the server ended it              14  this host ended it",
                " 11  a middlebox or proxy ended it    15  not SSH there, or no common algorithm",
                " 12  packets above a size vanish      19  a fault whose cause is undetermined",
                "  2  usage    3  this machine cannot probe    4  target not resolved or not reached",
                " 70  a bug in rstprobe    130  interrupted");
        return words.spec();
    }

    private static CommandSpec command(String name) {
        return switch (name) {
            case SshCommand.NAME -> new SshCommand().spec();
            case MtuCommand.NAME -> new MtuCommand().spec();
            case IdleCommand.NAME -> new IdleCommand().spec();
            case ReplayCommand.NAME -> new ReplayCommand().spec();
            case AnalyzeCommand.NAME -> new AnalyzeCommand().spec();
            case WatchCommand.NAME -> new WatchCommand().spec();
            case ServerCommand.NAME -> new ServerCommand().spec();
            case DoctorCommand.NAME -> new DoctorCommand().spec();
            case SchemaCommand.NAME -> new SchemaCommand().spec();
            case LabCommand.NAME -> new LabCommand().spec();
            case CompletionCommand.NAME -> new CompletionCommand().spec();
            case HelpCommand.NAME -> new HelpCommand().spec();
            default -> throw new IllegalStateException("no command is named " + name);
        };
    }

    /// Help and completion speak of all commands.
    private static boolean needsAll(String word) {
        return word.equals("help") || word.equals("generate-completion");
    }

    @Override
    public Integer call() {
        throw words.wrong("name a command: rstprobe --help lists them");
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
            case CommandLine.TypeConversionException wrong -> {
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
