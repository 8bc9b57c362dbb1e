package dev.wellhead.cli;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.Retention;
import dev.wellhead.backup.RetentionPlan;
import dev.wellhead.backup.VerifyReport;
import dev.wellhead.cli.CliException.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a backup. */
@Command(
        name = "create",
        description =
                "Make a backup of one snapshot of the database, while others write; with --verify restore it into a"
                        + " scratch database and compare, with --prune delete what the --keep options do not keep.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead backup create --url postgresql://app@db/app --store /backups/app",
            "  wellhead backup create --verify --prune --keep-last 3 --keep-daily 7 --keep-weekly 4"
        })
final class CreateCommand extends BackupCommand {
    @Mixin
    final RetentionOptions keep = new RetentionOptions();

    @Option(
            names = "--verify",
            description = "Restore it into a scratch database, and compare. Ends with 3 if it differs.")
    boolean verify;

    @Option(
            names = "--prune",
            description = "Delete afterwards what the --keep options do not keep; nothing if it differs.")
    boolean prune;

    CreateCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        Retention retention = keep.retention();
        if (prune && retention == null) {
            throw new CliException(Kind.USAGE, "--prune needs a rule: give at least one --keep option");
        }
        return run(Target.open(session, database), retention, backups -> {
            Screen screen = session.screen();
            BackupInfo made = backups.create();
            VerifyReport report = verify ? backups.verify(made.id()) : null;
            boolean good = report == null || report.verified();
            RetentionPlan plan = prune && good ? backups.prune() : null;
            show(screen, made, report, plan);
            screen.json(
                    "command",
                    "backup create",
                    "backup",
                    json(made),
                    "verification",
                    report == null ? null : json(report),
                    "pruned",
                    plan == null ? null : json(plan));
            return good ? ExitCodes.OK : ExitCodes.FOUND;
        });
    }

    private static void show(
            Screen screen, BackupInfo made, @Nullable VerifyReport report, @Nullable RetentionPlan plan) {
        print(screen, List.of(made));
        if (report != null) {
            print(screen, report);
        }
        if (plan != null) {
            print(screen, plan, false);
        }
    }
}
