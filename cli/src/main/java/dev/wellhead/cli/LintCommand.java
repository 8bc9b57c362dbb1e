package dev.wellhead.cli;

import dev.wellhead.cli.Screen.Paint;
import dev.wellhead.migrate.LintReport;
import dev.wellhead.migrate.LintReport.Severity;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.migrate.internal.Json;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Finds what in migrations would hurt a database in use. */
@Command(
        name = "lint",
        description =
                "Find what in the pending migrations would stop or break an application in use, with a safe recipe for"
                        + " each. Ends with 3 if something is at least as bad as --fail-on.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead migrate lint --url postgresql://app@db/app",
            "  wellhead migrate lint --all --fail-on warning"
        })
final class LintCommand extends MigrateCommand {
    @Option(
            names = "--all",
            description = "Look at all migrations, each as if it came alone, not only at pending ones.")
    boolean all;

    @Option(
            names = "--fail-on",
            paramLabel = "SEVERITY",
            description = "${COMPLETION-CANDIDATES}: what is at least this bad ends with 3. Default: danger.")
    Severity failOn = Severity.DANGER;

    LintCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        Migrator migrator = migrator(Target.openOrEmpty(session, database));
        LintReport report = all ? migrator.lintAll() : migrator.lint();
        Screen screen = session.screen();
        show(screen, report);
        screen.json("command", "migrate lint", "lint", new Json.Raw(report.toJson()));
        return report.findings(failOn).isEmpty() ? ExitCodes.OK : ExitCodes.FOUND;
    }

    private static void show(Screen screen, LintReport report) {
        String allowed =
                report.allowed().isEmpty() ? "" : ", " + report.allowed().size() + " allowed";
        if (report.isEmpty()) {
            screen.line(screen.paint("nothing found" + allowed, Paint.GOOD));
            return;
        }
        Table table = screen.table("severity", "rule", "file", "line#", "locks", "why");
        for (LintReport.Finding finding : report.findings()) {
            String locks = finding.locks().stream()
                    .map(lock -> lock.table() + " " + lock.mode())
                    .collect(Collectors.joining(", "));
            table.row(
                    finding.severity().name().toLowerCase(Locale.ROOT),
                    finding.rule(),
                    finding.file(),
                    finding.line(),
                    locks.isEmpty() ? "-" : locks,
                    finding.why());
        }
        screen.print(table);
        for (LintReport.Finding finding : report.findings()) {
            screen.line("");
            screen.line(screen.paint(finding.file() + ", line " + finding.line() + ", " + finding.rule(), Paint.BOLD)
                    + ", safe:");
            finding.recipe().lines().forEach(line -> screen.line("  " + line));
        }
        screen.line("");
        screen.line(report.findings().size() + " found" + allowed);
    }
}
