package dev.wellhead.cli;

import dev.wellhead.migrate.ForeignHistory;
import dev.wellhead.migrate.ImportReport;
import dev.wellhead.migrate.MigrationHistory;
import dev.wellhead.migrate.internal.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes over the history of another tool. */
@Command(
        name = "import",
        description =
                "Take over the history of another tool, once; all of it or nothing. Nobody else may migrate meanwhile.",
        footerHeading = "%nExample:%n",
        footer = "  wellhead migrate import flyway --migrations src/main/resources/db/migration")
final class ImportCommand extends MigrateCommand {
    @Parameters(paramLabel = "TOOL", description = "${COMPLETION-CANDIDATES}, in any case.")
    ForeignHistory tool = ForeignHistory.FLYWAY;

    @Option(
            names = "--table",
            paramLabel = "NAME",
            description = "The table of the other tool. Default: its usual one.")
    @Nullable String table;

    ImportCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        MigrationHistory history = migrator(Target.open(session, database)).history();
        ImportReport report = table == null ? history.importFrom(tool) : history.importFrom(tool, table);
        Screen screen = session.screen();
        screen.line(report.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                + (report.versions().isEmpty() ? "" : ": " + String.join(", ", report.versions())));
        report.notes().forEach(note -> screen.line("  " + note));
        screen.json("command", "migrate import", "report", new Json.Raw(report.toJson()));
        return ExitCodes.OK;
    }
}
