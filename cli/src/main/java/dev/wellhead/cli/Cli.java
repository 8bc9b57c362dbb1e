package dev.wellhead.cli;

import dev.wellhead.backup.BackupException;
import dev.wellhead.cli.CliException.Kind;
import dev.wellhead.core.Coded;
import dev.wellhead.core.Redaction;
import dev.wellhead.migrate.MigrationException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs one command line: reads it, runs the command, and turns whatever happens into a message and an exit code. */
final class Cli {
    private static final String JSON = "--json";

    private final Surroundings surroundings;
    private final List<String> arguments;

    private Cli(Surroundings surroundings, List<String> arguments) {
        this.surroundings = surroundings;
        this.arguments = arguments;
    }

    /** Returns the exit code, one of {@link ExitCodes}. */
    static int run(List<String> arguments, Surroundings surroundings) {
        return new Cli(surroundings, arguments).run();
    }

    private int run() {
        try {
            ShownSecrets.refuseIn(arguments);
            CommandLine commands = commands(Settings.load(surroundings, arguments));
            return commands.execute(arguments.toArray(String[]::new));
        } catch (CliException e) {
            return failed(e);
        } finally {
            surroundings.out().flush();
            surroundings.err().flush();
        }
    }

    private CommandLine commands(Settings settings) {
        GlobalOptions global = new GlobalOptions();
        Session session = new Session(surroundings, settings, global);
        CommandLine root = new CommandLine(global)
                .addSubcommand(MigrateCommands.of(session))
                .addSubcommand(BackupCommands.of(session))
                .addSubcommand(new DoctorCommand(session))
                .addSubcommand(new WaitCommand(session));
        describe(root);
        Ansi ansi = surroundings.colours() ? Ansi.ON : Ansi.OFF;
        return root.setDefaultValueProvider(settings)
                .registerConverter(Duration.class, text -> converted(Durations::parse, text))
                .registerConverter(ByteSize.class, text -> converted(ByteSize::parse, text))
                .setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(ansi))
                .setUsageHelpWidth(Math.min(120, Math.max(80, surroundings.columns())))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAllowOptionsAsOptionParameters(false)
                .setParameterExceptionHandler((e, words) -> misused(e))
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e));
    }

    private static <T> T converted(Function<String, T> reader, String text) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("must be " + e.getMessage());
        }
    }

    private static void describe(CommandLine command) {
        command.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(Cli::version);
        command.getSubcommands().values().forEach(Cli::describe);
    }

    private static String[] version() {
        String version = Cli.class.getPackage().getImplementationVersion();
        return new String[] {
            "wellhead " + (version == null ? "(built from a checkout)" : version) + ", Java "
                    + System.getProperty("java.version")
        };
    }

    private int misused(ParameterException e) {
        CommandLine command = e.getCommandLine();
        // Also where something is missing: a misspelt option is the likelier mistake.
        List<String> unknown = e instanceof UnmatchedArgumentException unmatched
                ? unmatched.getUnmatched()
                : command.getUnmatchedArguments();
        String message = unknown.isEmpty() ? known(e) : unknown(command, unknown.get(0));
        int exit = failed(new CliException(Kind.USAGE, message + source(e) + "; see " + name(command) + " --help"));
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            surroundings.err().println("did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?");
        }
        return exit;
    }

    private static String known(ParameterException e) {
        if (e instanceof MissingParameterException || e.getArgSpec() != null) {
            return Redaction.url(e.getMessage());
        }
        Set<String> commands = e.getCommandLine().getSubcommands().keySet();
        return commands.isEmpty()
                ? Redaction.url(e.getMessage())
                : "which command? There are " + String.join(", ", commands);
    }

    /** Says what is unknown without the value behind it, which may be a password behind a misspelt option. */
    private static String unknown(CommandLine command, String word) {
        if (word.startsWith("-")) {
            return "there is no option " + Redaction.printable(word.replaceFirst("=.*", ""));
        }
        return command.getSubcommands().isEmpty()
                ? "'" + Redaction.url(word) + "' is one word too many"
                : "there is no command '" + Redaction.url(word) + "'";
    }

    /** Says where a bad value comes from, if it is from elsewhere than the command line. */
    private String source(ParameterException e) {
        ArgSpec argument = e.getArgSpec();
        if (!(argument instanceof OptionSpec option)) {
            return "";
        }
        String name = option.longestName();
        boolean given = arguments.stream().anyMatch(word -> word.equals(name) || word.startsWith(name + "="));
        return given ? "" : " (neither given nor right in environment and properties file)";
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    private int failed(Exception e) {
        if (e instanceof CliException ours) {
            return failed(ours.code(), ours.getMessage(), ours.exit(), ours);
        }
        if (e instanceof MigrationException || e instanceof BackupException) {
            int exit = isUnreachable(e) ? ExitCodes.UNREACHABLE : ExitCodes.FAILED;
            return failed(((Coded) e).code(), CommandWords.in(String.valueOf(e.getMessage())), exit, e);
        }
        if (e instanceof IllegalArgumentException) {
            String message = Redaction.url(String.valueOf(e.getMessage()));
            return failed(Kind.USAGE.code(), CommandWords.in(message), Kind.USAGE.exit(), e);
        }
        String message = "unexpected: " + e.getClass().getSimpleName() + ": "
                + Redaction.url(String.valueOf(e.getMessage())) + "; --log-level debug shows where";
        return failed(Kind.UNEXPECTED.code(), message, Kind.UNEXPECTED.exit(), e);
    }

    private int failed(String code, @Nullable String message, int exit, Exception e) {
        Screen.failure(surroundings, arguments.contains(JSON), code, String.valueOf(message), exit);
        if (wantsTraces()) {
            trace(e);
        }
        return exit;
    }

    private boolean wantsTraces() {
        String words = String.join(" ", arguments);
        return words.matches(".*--log-level[= ](debug|trace)\\b.*");
    }

    // By hand, so that every message passes the redaction.
    private void trace(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            surroundings
                    .err()
                    .println(cause.getClass().getName() + ": " + Redaction.url(String.valueOf(cause.getMessage())));
            for (StackTraceElement frame : cause.getStackTrace()) {
                surroundings.err().println("    at " + frame);
            }
        }
    }

    private static boolean isUnreachable(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            String state = cause instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : "";
            if (state.startsWith("08") || state.startsWith("28") || state.equals("57P03")) {
                return true;
            }
        }
        return false;
    }
}
