package dev.wellhead.cli;

import dev.wellhead.migrate.MigrationPlan;
import dev.wellhead.migrate.MigrationReport;
import dev.wellhead.migrate.internal.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Applies what is pending. */
@Command(
        name = "up",
        description =
                "Apply all pending migrations, or those up to a version. Any number of processes may do so at once.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead migrate up --url postgresql://app@db/app --migrations db/migrations",
            "  wellhead migrate up --to 007 --dry-run"
        })
final class UpCommand extends MigrateCommand {
    @Option(names = "--to", paramLabel = "VERSION", description = "Apply up to this version, itself included.")
    @Nullable String to;

    @Option(names = "--dry-run", description = "Show what would run, and change nothing.")
    boolean dryRun;

    UpCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        Screen screen = session.screen();
        if (dryRun) {
            MigrationPlan plan = migrator(Target.openOrEmpty(session, database)).plan();
            if (to != null) {
                screen.note("dry run: --to " + to + " would stop behind that version; shown is all that is pending");
            }
            print(screen, plan);
            screen.json("command", "migrate up", "dryRun", true, "plan", new Json.Raw(plan.toJson()));
            return ExitCodes.OK;
        }
        String target = to;
        MigrationReport report = run(
                Target.openOrCreate(session, database),
                migrator -> target == null ? migrator.migrate() : migrator.migrate(target));
        print(screen, report);
        json(screen, "migrate up", report);
        return ExitCodes.OK;
    }
}
