package dev.wellhead.cli;

import dev.wellhead.migrate.MigrationHistory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes into the history what a person knows. */
@Command(
        name = "mark",
        description =
                "Record a migration as applied, or as pending, without running it: for a schema that was mended by hand.",
        footerHeading = "%nExample:%n",
        footer = "  wellhead migrate mark 007 --applied")
final class MarkCommand extends MigrateCommand {
    @Parameters(paramLabel = "VERSION", description = "The version, as status shows it.")
    String version = "";

    @ArgGroup(multiplicity = "1")
    As as = new As();

    /** One or the other. */
    static final class As {
        @Option(names = "--applied", description = "What it does is in the schema.")
        boolean applied;

        @Option(names = "--pending", description = "What it does is not in the schema.")
        boolean pending;
    }

    MarkCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        MigrationHistory history = migrator(Target.open(session, database)).history();
        if (as.pending) {
            history.markPending(version);
        } else {
            history.markApplied(version);
        }
        String state = as.pending ? "pending" : "applied";
        session.screen().line("version " + version + " counts as " + state + " now");
        session.screen().json("command", "migrate mark", "version", version, "state", state);
        return ExitCodes.OK;
    }
}
