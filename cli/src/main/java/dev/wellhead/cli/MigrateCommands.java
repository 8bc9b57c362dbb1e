package dev.wellhead.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What changes a schema, and looks at what would. */
@Command(
        name = "migrate",
        description = "Bring a schema to a version, and back; see what would happen, and mend what did.",
        footerHeading = "%nExample:%n",
        footer = "  wellhead migrate status --url sqlite:app.db --migrations db/migrations")
final class MigrateCommands {
    private MigrateCommands() {}

    static CommandLine of(Session session) {
        return new CommandLine(new MigrateCommands())
                .addSubcommand(new PlanCommand(session))
                .addSubcommand(new UpCommand(session))
                .addSubcommand(new DownCommand(session))
                .addSubcommand(new StatusCommand(session))
                .addSubcommand(new VerifyMigrationsCommand(session))
                .addSubcommand(new RepairCommand(session))
                .addSubcommand(new ResumeCommand(session))
                .addSubcommand(new MarkCommand(session))
                .addSubcommand(new BaselineCommand(session))
                .addSubcommand(new ImportCommand(session))
                .addSubcommand(new LintCommand(session))
                .addSubcommand(new DriftCommand(session))
                .addSubcommand(new NewCommand(session));
    }
}
