package dev.wellhead.cli;

import dev.wellhead.migrate.MigrationPlan;
import dev.wellhead.migrate.internal.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what {@code up} would run. */
@Command(
        name = "plan",
        description = "Show the statements that up would run, with the locks they take. Changes nothing.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead migrate plan --url postgresql://app@db/app --migrations db/migrations",
            "  wellhead migrate plan --check     # in a pipeline: ends with 3 if something is pending"
        })
final class PlanCommand extends MigrateCommand {
    @Option(names = "--check", description = "End with 3 if something is pending.")
    boolean check;

    PlanCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        MigrationPlan plan = migrator(Target.openOrEmpty(session, database)).plan();
        Screen screen = session.screen();
        print(screen, plan);
        screen.json("command", "migrate plan", "pending", plan.steps().size(), "plan", new Json.Raw(plan.toJson()));
        return check && !plan.isEmpty() ? ExitCodes.FOUND : ExitCodes.OK;
    }
}
