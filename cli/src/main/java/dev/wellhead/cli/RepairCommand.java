package dev.wellhead.cli;

import dev.wellhead.migrate.RepairReport;
import dev.wellhead.migrate.internal.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes files and history agree where no data can suffer. */
@Command(
        name = "repair",
        description =
                "Take the sums of changed files as they are now, and explain what needs a decision. Ends with 3 if"
                        + " something is left that only you can decide.",
        footerHeading = "%nExample:%n",
        footer = "  wellhead migrate repair --dry-run")
final class RepairCommand extends MigrateCommand {
    @Option(names = "--dry-run", description = "Show what would be mended, and change nothing.")
    boolean dryRun;

    RepairCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        Target target = Target.open(session, database);
        RepairReport report = dryRun
                ? migrator(target).history().diagnose()
                : migrator(target).history().repair();
        Screen screen = session.screen();
        if (report.repairs().isEmpty()) {
            screen.line("nothing to repair");
        } else {
            Table table = screen.table("version", dryRun ? "would be mended" : "mended", "problem", "cure");
            report.repairs()
                    .forEach(repair -> table.row(
                            repair.version(),
                            repair.automatic() ? "yes" : "no",
                            repair.problem(),
                            CommandWords.in(repair.cure())));
            screen.print(table);
        }
        screen.json(
                "command",
                "migrate repair",
                "dryRun",
                dryRun,
                "repairs",
                report.repairs().stream()
                        .map(repair -> Json.object(
                                "version",
                                repair.version(),
                                "problem",
                                repair.problem(),
                                "cure",
                                CommandWords.in(repair.cure()),
                                "automatic",
                                repair.automatic()))
                        .toList());
        return report.repairs().stream().allMatch(RepairReport.Repair::automatic) ? ExitCodes.OK : ExitCodes.FOUND;
    }
}
