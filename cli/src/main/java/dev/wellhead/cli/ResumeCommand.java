package dev.wellhead.cli;

import dev.wellhead.migrate.MigrationReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Goes on with a migration that ended in its middle. */
@Command(
        name = "resume",
        description = "Go on with a migration, or a rollback, that ended in its middle, where up cannot tell by itself:"
                + " the statement in doubt runs again, or with --done counts as done.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead migrate status               # says whether, and which statement",
            "  wellhead migrate resume 007 --done    # you looked, and it is done"
        })
final class ResumeCommand extends MigrateCommand {
    @Parameters(paramLabel = "VERSION", description = "The version, as status shows it.")
    String version = "";

    @Option(names = "--done", description = "The statement in doubt is done; go on behind it.")
    boolean done;

    ResumeCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        MigrationReport report = run(
                Target.open(session, database),
                migrator -> done
                        ? migrator.history().resumeAfter(version)
                        : migrator.history().resume(version));
        Screen screen = session.screen();
        print(screen, report);
        json(screen, "migrate resume", report);
        return ExitCodes.OK;
    }
}
