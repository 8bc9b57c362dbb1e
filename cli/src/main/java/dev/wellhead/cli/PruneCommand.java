package dev.wellhead.cli;

import dev.wellhead.backup.Retention;
import dev.wellhead.backup.RetentionPlan;
import dev.wellhead.cli.CliException.Kind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Deletes what the retention does not keep. */
@Command(
        name = "prune",
        description =
                "Delete what the --keep options do not keep. The newest verified backup always stays, and all stay while"
                        + " none is verified.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead backup prune --keep-last 3 --keep-daily 7 --keep-weekly 4 --dry-run",
            "  wellhead backup prune --keep-last 3 --keep-daily 7 --keep-weekly 4"
        })
final class PruneCommand extends BackupCommand {
    @Mixin
    final RetentionOptions keep = new RetentionOptions();

    @Option(names = "--dry-run", description = "Show what would be deleted, with reasons, and change nothing.")
    boolean dryRun;

    PruneCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        Retention retention = keep.retention();
        if (retention == null) {
            throw new CliException(
                    Kind.USAGE, "prune needs a rule: give at least one --keep option, as --keep-daily 7");
        }
        return run(Target.untried(session, database), retention, backups -> {
            RetentionPlan plan = dryRun ? backups.planRetention() : backups.prune();
            Screen screen = session.screen();
            print(screen, plan, dryRun);
            screen.json("command", "backup prune", "dryRun", dryRun, "entries", json(plan));
            return ExitCodes.OK;
        });
    }
}
