package dev.wellhead.cli;

import dev.wellhead.cli.Screen.Paint;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.migrate.RollbackReport;
import dev.wellhead.migrate.SchemaSnapshot.Difference;
import dev.wellhead.migrate.ValidationReport;
import dev.wellhead.migrate.internal.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares files and history, and tries rollbacks out. */
@Command(
        name = "verify",
        description =
                "Compare files and history; with --rollbacks also try up, down and up again of each migration in a"
                        + " scratch database, which is removed in the end. Ends with 3 if something is wrong.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead migrate verify --url postgresql://app@db/app",
            "  wellhead migrate verify --rollbacks      # on a test server: needs the right to create databases"
        })
final class VerifyMigrationsCommand extends MigrateCommand {
    @Option(
            names = "--rollbacks",
            description = "Also try in a scratch database whether each migration can be taken back.")
    boolean rollbacks;

    VerifyMigrationsCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        Migrator migrator = migrator(Target.open(session, database));
        Screen screen = session.screen();
        ValidationReport validation = migrator.validate();
        show(screen, validation);
        RollbackReport trial = rollbacks ? trial(migrator) : null;
        if (trial != null) {
            screen.line("");
            show(screen, trial);
        }
        screen.json(
                "command",
                "migrate verify",
                "validation",
                new Json.Raw(validation.toJson()),
                "rollbacks",
                trial == null ? null : new Json.Raw(trial.toJson()));
        return validation.findings().isEmpty() && isGood(trial) ? ExitCodes.OK : ExitCodes.FOUND;
    }

    private RollbackReport trial(Migrator migrator) {
        try (ProgressBar bar = session.progress()) {
            bar.show("trying up, down and up again in a scratch database");
            return migrator.verifyRollbacks();
        }
    }

    private static boolean isGood(@Nullable RollbackReport trial) {
        return trial == null || trial.problems().isEmpty();
    }

    private static void show(Screen screen, ValidationReport report) {
        if (report.findings().isEmpty()) {
            screen.line(screen.paint("files and history agree", Paint.GOOD));
            return;
        }
        Table table = screen.table("finding", "stops up", "version", "file", "detail");
        report.findings()
                .forEach(finding -> table.row(
                        finding.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        finding.kind().isBlocking() ? "yes" : "no",
                        finding.version(),
                        finding.file(),
                        CommandWords.in(finding.detail())));
        screen.print(table);
    }

    private static void show(Screen screen, RollbackReport report) {
        if (report.steps().isEmpty()) {
            screen.line("no migrations to try");
            return;
        }
        Table table = screen.table("version", "file", "verdict", "detail");
        for (RollbackReport.Step step : report.steps()) {
            table.row(
                    step.version(),
                    step.file(),
                    step.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    detail(step));
        }
        screen.print(table);
    }

    private static String detail(RollbackReport.Step step) {
        RollbackReport.Failure failure = step.failure();
        if (failure != null) {
            return failure.file() + ", line " + failure.line() + ": " + failure.statement() + ": " + failure.message();
        }
        StringBuilder text = new StringBuilder();
        for (Difference difference : step.differences()) {
            text.append(text.length() == 0 ? "" : "; ")
                    .append(difference.change().name().toLowerCase(Locale.ROOT))
                    .append(' ')
                    .append(difference.kind())
                    .append(' ')
                    .append(difference.name());
        }
        return text.length() == 0 ? "-" : text.toString();
    }
}
