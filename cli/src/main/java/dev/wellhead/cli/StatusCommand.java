package dev.wellhead.cli;

import dev.wellhead.cli.Screen.Paint;
import dev.wellhead.migrate.MigrationStatus;
import dev.wellhead.migrate.MigrationStatus.State;
import dev.wellhead.migrate.internal.Json;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows where every migration stands. */
@Command(
        name = "status",
        description = "Show where every migration stands, and what to do about one that stopped in its middle.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead migrate status --url postgresql://app@db/app",
            "  wellhead migrate status --json | jq '.migrations[] | select(.state != \"APPLIED\")'"
        })
final class StatusCommand extends MigrateCommand {
    @Option(names = "--check", description = "End with 3 unless every migration is applied.")
    boolean check;

    StatusCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        List<MigrationStatus> rows =
                migrator(Target.openOrEmpty(session, database)).status();
        Screen screen = session.screen();
        show(screen, rows);
        screen.json("command", "migrate status", "migrations", new Json.Raw(MigrationStatus.toJson(rows)));
        return check && rows.stream().anyMatch(row -> row.state() != State.APPLIED) ? ExitCodes.FOUND : ExitCodes.OK;
    }

    private static void show(Screen screen, List<MigrationStatus> rows) {
        if (rows.isEmpty()) {
            screen.line("no migrations");
            return;
        }
        Table table = screen.table("version", "description", "state", "applied at", "time#", "rollback");
        for (MigrationStatus row : rows) {
            table.row(
                    row.version(),
                    row.description(),
                    row.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    row.appliedAt() == null ? "-" : row.appliedAt().truncatedTo(ChronoUnit.SECONDS),
                    row.duration() == null ? "-" : Durations.text(row.duration()),
                    row.hasRollback() ? "yes" : "no");
        }
        screen.print(table);
        for (MigrationStatus row : rows) {
            MigrationStatus.Midway midway = row.midway();
            if (midway != null) {
                screen.line("");
                screen.labelled("version " + row.version() + ": ", midway.happened(), Paint.BAD);
                screen.labelled("  database:   ", midway.database());
                screen.labelled("  what to do: ", CommandWords.in(midway.cure()));
            }
        }
        screen.line(rows.stream()
                .collect(Collectors.groupingBy(MigrationStatus::state, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(state -> state.getValue() + " "
                        + state.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(", ")));
    }
}
