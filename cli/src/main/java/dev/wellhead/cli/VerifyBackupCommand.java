package dev.wellhead.cli;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.VerifyReport;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Restores backups into a scratch database, and compares. */
@Command(
        name = "verify",
        description =
                "Check every byte of a backup, restore it into a scratch database, compare, and remove the scratch. Ends"
                        + " with 3 if it is damaged or differs.",
        footerHeading = "%nExample:%n",
        footer = {"  wellhead backup verify                 # the newest one", "  wellhead backup verify --all"})
final class VerifyBackupCommand extends BackupCommand {
    @Parameters(paramLabel = "ID", arity = "0..1", description = "Which, as list shows it. Default: latest.")
    String id = NEWEST;

    @Option(names = "--all", description = "All of them, one after the other.")
    boolean all;

    VerifyBackupCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        return run(Target.elsewhere(session, database), null, this::verify);
    }

    private int verify(Backups backups) {
        Screen screen = session.screen();
        List<String> ids = all ? backups.list().stream().map(BackupInfo::id).toList() : List.of(id(backups, id));
        List<VerifyReport> reports = new ArrayList<>();
        for (String each : ids) {
            VerifyReport report = backups.verify(each);
            print(screen, report);
            reports.add(report);
        }
        if (ids.isEmpty()) {
            screen.line("no backups");
        }
        screen.json(
                "command",
                "backup verify",
                "results",
                reports.stream().map(BackupCommand::json).toList());
        return reports.stream().allMatch(VerifyReport::verified) ? ExitCodes.OK : ExitCodes.FOUND;
    }
}
