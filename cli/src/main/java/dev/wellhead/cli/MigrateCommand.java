package dev.wellhead.cli;

import dev.wellhead.cli.Screen.Paint;
import dev.wellhead.migrate.MigrationListener;
import dev.wellhead.migrate.MigrationPlan;
import dev.wellhead.migrate.MigrationReport;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.migrate.internal.Json;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** What the commands below {@code migrate} share. */
abstract class MigrateCommand implements Callable<Integer> {
    private static final int LONGEST_STATEMENT = 200;

    @Mixin
    final DatabaseOptions database = new DatabaseOptions();

    @Mixin
    final MigrationOptions options = new MigrationOptions();

    final Session session;

    MigrateCommand(Session session) {
        this.session = session;
    }

    /** Returns a migrator that nobody listens to. */
    final Migrator migrator(Target target) {
        return options.migrator(session, target, new MigrationListener() {});
    }

    /** Runs what changes something, with progress on a terminal. */
    final MigrationReport run(Target target, Run run) {
        try (ProgressBar bar = session.progress()) {
            return run.with(options.migrator(session, target, new MigrationProgress(bar, session.screen())));
        }
    }

    /** Something that a migrator does. */
    @FunctionalInterface
    interface Run {
        /** Does it. */
        MigrationReport with(Migrator migrator);
    }

    /** Prints what would run. */
    static void print(Screen screen, MigrationPlan plan) {
        if (plan.isEmpty()) {
            screen.line("nothing pending");
            return;
        }
        Table table = screen.table("version", "file", "line#", "segment", "locks", "statement");
        for (MigrationPlan.Step step : plan.steps()) {
            if (step.statements().isEmpty()) {
                table.row(step.version(), step.file(), "-", "-", "-", "(no statement)");
            }
            for (MigrationPlan.Statement statement : step.statements()) {
                table.row(
                        step.version(),
                        step.file(),
                        statement.line(),
                        statement.segment() + (statement.transactional() ? "" : " alone"),
                        statement.locks().isEmpty() ? "-" : String.join(", ", statement.locks()),
                        Columns.cut(statement.sql().strip().replaceAll("\\s+", " "), LONGEST_STATEMENT));
            }
        }
        screen.print(table);
    }

    /** Prints what a run has done. */
    static void print(Screen screen, MigrationReport report) {
        if (report.isEmpty()) {
            screen.line("nothing to do");
            return;
        }
        Table table = screen.table("version", "description", "done", "statements#", "time#", "attempts#");
        for (MigrationReport.Step step : report.steps()) {
            table.row(
                    step.version(),
                    step.description(),
                    step.direction() == MigrationReport.Direction.APPLIED ? "applied" : "rolled back",
                    step.statements(),
                    Durations.text(step.duration()),
                    step.attempts());
        }
        screen.print(table);
        List<MigrationReport.Step> steps = report.steps();
        screen.line(screen.paint(steps.size() + (steps.size() == 1 ? " migration" : " migrations"), Paint.GOOD));
    }

    /** Prints as JSON what a run has done. */
    static void json(Screen screen, String command, MigrationReport report) {
        screen.json("command", command, "dryRun", false, "report", new Json.Raw(report.toJson()));
    }
}
