package dev.wellhead.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The program itself, with the options that all its commands have. Filled by the parser. */
@Command(
        name = "wellhead",
        description = "Migrations, backups and a doctor for PostgreSQL, SQLite and Redis.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, and nothing was found",
            "1:tried, and failed",
            "2:the command line or the configuration is wrong; nothing was tried",
            "3:done, and something was found that somebody should look at",
            "4:database, Redis or file cannot be reached, or refuses the login"
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  export WELLHEAD_URL=postgresql://app@db/app WELLHEAD_PASSWORD",
            "  wellhead migrate up --migrations db/migrations",
            "",
            "Each option that names a thing can also be set in the environment (--history-table as",
            "WELLHEAD_HISTORY_TABLE) or in wellhead.properties (history-table); what stands first wins:",
            "option, environment, file."
        })
final class GlobalOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "A properties file. Default: WELLHEAD_CONFIG, or wellhead.properties here if there is one.")
    @Nullable Path config;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print the result as one line of JSON.")
    boolean json;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            scope = ScopeType.INHERIT,
            description = "What the libraries log to the error stream: ${COMPLETION-CANDIDATES}. Default: warn.")
    @Nullable LogLevel logLevel;

    /** What {@code --log-level} may be. */
    enum LogLevel {
        off,
        error,
        warn,
        info,
        debug,
        trace
    }
}
