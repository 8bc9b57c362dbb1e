package dev.wellhead.cli;

import dev.wellhead.migrate.MigrationReport;
import dev.wellhead.migrate.MigrationStatus;
import dev.wellhead.migrate.MigrationStatus.State;
import dev.wellhead.migrate.internal.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Takes migrations back. */
@Command(
        name = "down",
        description =
                "Take the newest migrations back, newest first, each with its down SQL. Data in what they made is lost.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead migrate down --dry-run           # which would it be?",
            "  wellhead migrate down --steps 2",
            "  wellhead migrate down --to 007            # 007 stays; 0 takes all back"
        })
final class DownCommand extends MigrateCommand {
    private static final Set<State> IN_HISTORY = Set.of(State.APPLIED, State.CHANGED, State.MISSING);

    @ArgGroup
    HowFar howFar = new HowFar();

    @Option(names = "--dry-run", description = "Show which would be taken back, and change nothing.")
    boolean dryRun;

    /** One or the other. */
    static final class HowFar {
        @Option(names = "--steps", paramLabel = "N", description = "How many to take back. Default: 1.")
        @Nullable Integer steps;

        @Option(names = "--to", paramLabel = "VERSION", description = "Take back all above this version.")
        @Nullable String to;
    }

    DownCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        Target target = Target.open(session, database);
        Screen screen = session.screen();
        String to = howFar.to;
        int steps = howFar.steps == null ? 1 : howFar.steps;
        if (dryRun) {
            List<MigrationStatus> back = wouldGo(migrator(target).status(), to, steps);
            show(screen, back);
            return back.stream().allMatch(MigrationStatus::hasRollback) ? ExitCodes.OK : ExitCodes.FOUND;
        }
        MigrationReport report =
                run(target, migrator -> to == null ? migrator.rollback(steps) : migrator.rollbackTo(to));
        print(screen, report);
        json(screen, "migrate down", report);
        return ExitCodes.OK;
    }

    private static List<MigrationStatus> wouldGo(List<MigrationStatus> all, @Nullable String to, int steps) {
        List<MigrationStatus> applied = new ArrayList<>();
        boolean above =
                to == null || all.stream().noneMatch(row -> row.version().equals(to));
        for (MigrationStatus row : all) {
            if (above && IN_HISTORY.contains(row.state()) && !row.version().startsWith("R__")) {
                applied.add(row);
            }
            above |= row.version().equals(to);
        }
        Collections.reverse(applied);
        return to == null ? applied.subList(0, Math.min(Math.max(0, steps), applied.size())) : applied;
    }

    private static void show(Screen screen, List<MigrationStatus> back) {
        Table table = screen.table("version", "description", "down SQL");
        back.forEach(row ->
                table.row(row.version(), row.description(), row.hasRollback() ? "yes" : "none: would be refused"));
        if (back.isEmpty()) {
            screen.line("nothing to take back");
        } else {
            screen.print(table);
        }
        screen.json(
                "command",
                "migrate down",
                "dryRun",
                true,
                "versions",
                back.stream()
                        .map(row -> Json.object("version", row.version(), "hasRollback", row.hasRollback()))
                        .toList());
    }
}
