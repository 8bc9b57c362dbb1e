package dev.wellhead.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Begins a history in a database that has a schema already. */
@Command(
        name = "baseline",
        description =
                "Record all migrations up to a version as applied without running them, for a database that has their"
                        + " schema already. The history must be empty.",
        footerHeading = "%nExample:%n",
        footer = "  wellhead migrate baseline 012")
final class BaselineCommand extends MigrateCommand {
    @Parameters(paramLabel = "VERSION", description = "The last version that the schema has.")
    String version = "";

    BaselineCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        migrator(Target.open(session, database)).history().baseline(version);
        session.screen().line("the history begins at version " + version);
        session.screen().json("command", "migrate baseline", "version", version);
        return ExitCodes.OK;
    }
}
