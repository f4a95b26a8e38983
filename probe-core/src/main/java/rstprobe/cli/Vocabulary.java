package rstprobe.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/// The words that a command understands, told one by one, in the order in which its help explains them.
///
/// picocli finds them by annotations too, but reads those by reflection: at every start the JVM makes a proxy
/// class for each kind of annotation, which no AOT cache keeps, and that takes longer than all else a command
/// line needs. For the same reason a default is what a field holds at first, and no word to be read: fields are
/// set by what the user says, and by nothing else.
final class Vocabulary {
    static {
        // picocli would search every jar for a Groovy class, and load readers of types that nobody names here.
        System.setProperty("picocli.disable.closures", "true");
        System.setProperty("picocli.converters.excludes", "java[.].*");
    }

    private final CommandSpec spec;
    private String help = "Show this help message and exit.";

    Vocabulary(String name, Callable<Integer> command, String... description) {
        spec = CommandSpec.wrapWithoutInspection(command).name(name).interpolateVariables(false);
        spec.usageMessage().description(description).sortOptions(false);
    }

    /// An option without a value.
    record Flag(String name, Consumer<Boolean> field, String description) {
        private OptionSpec spec() {
            return option(name, new Place<>(Reading.YES_OR_NO, false, field), description)
                    .build();
        }
    }

    /// An option without a value, which is in no other's way.
    void flag(String name, Consumer<Boolean> field, String description) {
        spec.addOption(new Flag(name, field, description).spec());
    }

    /// Flags of which one excludes the others.
    void either(Flag... flags) {
        ArgGroupSpec.Builder group = ArgGroupSpec.builder();
        for (Flag flag : flags) {
            group.addArg(flag.spec());
        }
        spec.addArgGroup(group.build());
    }

    /// An option with a value.
    ///
    /// @param names one name, or a short and a long one with a blank between them
    <V> void option(String names, String label, Reading<V> reading, Consumer<V> field, String description) {
        spec.addOption(option(names, new Place<>(reading, false, field), description)
                .paramLabel(label)
                .build());
    }

    /// An option without which the command is not run.
    <V> void required(String names, String label, Reading<V> reading, Consumer<V> field, String description) {
        spec.addOption(option(names, new Place<>(reading, false, field), description)
                .paramLabel(label)
                .required(true)
                .build());
    }

    /// An option that may be repeated.
    <V> void repeated(String names, String label, Reading<V> reading, Consumer<List<V>> field, String description) {
        spec.addOption(option(names, new Place<>(reading, true, field), description)
                .paramLabel(label)
                .build());
    }

    /// An option that may be repeated, and takes several values with commas between them.
    <V> void listed(String names, String label, Reading<V> reading, Consumer<List<V>> field, String description) {
        spec.addOption(option(names, new Place<>(reading, true, field), description)
                .paramLabel(label)
                .splitRegex(",")
                .build());
    }

    /// The word that follows the command.
    <V> void parameter(String label, Reading<V> reading, Consumer<V> field, String description) {
        parameter(new Place<>(reading, false, field), label, "1", description);
    }

    /// The word that may follow the command.
    <V> void optionalParameter(String label, Reading<V> reading, Consumer<V> field, String description) {
        parameter(new Place<>(reading, false, field), label, "0..1", description);
    }

    /// The words that follow the command.
    ///
    /// @param arity from how many to how many, such as `0..*`
    <V> void parameters(String label, String arity, Reading<V> reading, Consumer<List<V>> field, String description) {
        parameter(new Place<>(reading, true, field), label, arity, description);
    }

    private static OptionSpec.Builder option(String names, Place<?> place, String description) {
        OptionSpec.Builder option = OptionSpec.builder(names.split(" "))
                .type(place.type())
                .auxiliaryTypes(place.reading.type())
                .converters(place.converters())
                .getter(place)
                .setter(place)
                .hasInitialValue(false)
                .description(description);
        place.choices().ifPresent(option::completionCandidates);
        return option;
    }

    private void parameter(Place<?> place, String label, String arity, String description) {
        PositionalParamSpec.Builder parameter = PositionalParamSpec.builder()
                .type(place.type())
                .auxiliaryTypes(place.reading.type())
                .converters(place.converters())
                .getter(place)
                .setter(place)
                .hasInitialValue(false)
                .paramLabel(label)
                .arity(arity)
                .required(arity.charAt(0) != '0')
                .description(description);
        place.choices().ifPresent(parameter::completionCandidates);
        spec.addPositional(parameter.build());
    }

    /// Where a value goes. picocli asks for it back before it adds to a list.
    private static final class Place<V> implements IGetter, ISetter {
        private final Reading<?> reading;
        private final boolean several;
        private final Consumer<V> field;
        private Object held;

        private Place(Reading<?> reading, boolean several, Consumer<V> field) {
            this.reading = reading;
            this.several = several;
            this.field = field;
        }

        private Class<?> type() {
            return several ? List.class : reading.type();
        }

        private ITypeConverter<?>[] converters() {
            return reading.converter().isPresent()
                    ? new ITypeConverter<?>[] {reading.converter().get()}
                    : new ITypeConverter<?>[0];
        }

        private Optional<List<String>> choices() {
            return reading.choices().isEmpty() ? Optional.empty() : Optional.of(reading.choices());
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T get() {
            return (T) held;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T set(T value) {
            T before = get();
            held = value;
            field.accept((V) value);
            return before;
        }
    }

    /// What stands below the options.
    void footer(String heading, String... lines) {
        spec.usageMessage().footerHeading("%n" + heading + ":%n").footer(lines);
    }

    /// What `--version` prints.
    void version(String version) {
        spec.version(version);
    }

    /// What the help says of itself.
    void help(String description) {
        help = description;
    }

    /// A command of this command.
    void command(CommandSpec command) {
        spec.addSubcommand(command.name(), command);
    }

    /// All of them, for picocli. Every command explains itself.
    CommandSpec spec() {
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description(help)
                .build());
        if (spec.version().length > 0) {
            spec.addOption(OptionSpec.builder("-V", "--version")
                    .versionHelp(true)
                    .description("Print version information and exit.")
                    .build());
        }
        return spec;
    }

    /// The command line that is being read; there is one where the command is called.
    CommandLine line() {
        return spec.commandLine();
    }

    /// A mistake of the user's that is seen only when the command is called.
    ParameterException wrong(String message) {
        return new ParameterException(line(), message);
    }
}
