package dev.wellhead.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What makes backups, and brings them back. */
@Command(
        name = "backup",
        description = "Make, list, verify, restore and prune the backups of a database.",
        footerHeading = "%nExample:%n",
        footer = "  wellhead backup create --verify --url postgresql://app@db/app --store /backups/app")
final class BackupCommands {
    private BackupCommands() {}

    static CommandLine of(Session session) {
        return new CommandLine(new BackupCommands())
                .addSubcommand(new CreateCommand(session))
                .addSubcommand(new ListCommand(session))
                .addSubcommand(new VerifyBackupCommand(session))
                .addSubcommand(new RestoreCommand(session))
                .addSubcommand(new PruneCommand(session));
    }
}
