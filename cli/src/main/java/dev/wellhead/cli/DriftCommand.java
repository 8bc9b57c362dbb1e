package dev.wellhead.cli;

import dev.wellhead.cli.Screen.Paint;
import dev.wellhead.migrate.DriftReport;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.migrate.SchemaSnapshot.Difference;
import dev.wellhead.migrate.internal.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what was changed by hand. */
@Command(
        name = "drift",
        description =
                "Show how the schema differs from what the last run left: what was changed by hand. Ends with 3 if it"
                        + " differs.",
        footerHeading = "%nExample:%n",
        footer = {"  wellhead migrate drift", "  wellhead migrate drift --accept    # what is there now is right"})
final class DriftCommand extends MigrateCommand {
    @Option(names = "--accept", description = "Store the schema as it is now, to compare with from now on.")
    boolean accept;

    DriftCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        Migrator migrator = migrator(Target.open(session, database));
        Screen screen = session.screen();
        if (accept) {
            String hash = migrator.storeSnapshot().hash();
            screen.line("stored " + hash);
            screen.json("command", "migrate drift", "stored", hash);
            return ExitCodes.OK;
        }
        DriftReport report = migrator.drift();
        show(screen, report);
        screen.json("command", "migrate drift", "drift", new Json.Raw(report.toJson()));
        return report.isEmpty() ? ExitCodes.OK : ExitCodes.FOUND;
    }

    private static void show(Screen screen, DriftReport report) {
        if (report.isEmpty()) {
            screen.line(screen.paint("no drift since " + report.storedAt(), Paint.GOOD));
            return;
        }
        screen.line("changed since " + report.storedAt()
                + (report.isOutdated()
                        ? "; migrations ran since that stored no schema, so this may be their doing"
                        : "")
                + (report.isOtherRelease() ? "; stored by another release, so this may be words only" : ""));
        Table table = screen.table("change", "kind", "name", "was", "is");
        for (Difference difference : report.differences()) {
            table.row(
                    difference.change().name().toLowerCase(Locale.ROOT),
                    difference.kind(),
                    difference.name(),
                    oneLine(difference.before()),
                    oneLine(difference.after()));
        }
        screen.print(table);
    }

    private static String oneLine(@Nullable String definition) {
        return definition == null || definition.isEmpty() ? "-" : definition.replaceAll("\\s+", " ");
    }
}
