package dev.wellhead.cli;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.Backups;
import dev.wellhead.cli.Screen.Paint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the backups of a store. */
@Command(
        name = "list",
        description = "List the backups, newest first, with state, size and when they were last proved by a restore.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead backup list --url postgresql://app@db/app --store /backups/app",
            "  wellhead backup list --max-age 26h     # for monitoring: 3 if no verified one is younger"
        })
final class ListCommand extends BackupCommand {
    @Option(
            names = "--max-age",
            paramLabel = "TIME",
            description = "End with 3 unless a backup younger than this is verified.")
    @Nullable Duration maxAge;

    ListCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        return run(Target.untried(session, database), null, this::list);
    }

    private int list(Backups backups) {
        Screen screen = session.screen();
        List<BackupInfo> all = backups.list();
        print(screen, all);
        Optional<Duration> age = backups.lastVerifiedAge();
        screen.json(
                "command",
                "backup list",
                "backups",
                all.stream().map(BackupCommand::json).toList(),
                "lastVerifiedAgeSeconds",
                age.map(Duration::toSeconds).orElse(null));
        boolean old = maxAge != null
                && age.map(actual -> actual.compareTo(maxAge) > 0).orElse(true);
        if (old) {
            screen.line(screen.paint(
                    age.map(actual -> "the newest verified backup is " + Durations.text(actual) + " old")
                            .orElse("no backup is verified"),
                    Paint.WARN));
        }
        return old ? ExitCodes.FOUND : ExitCodes.OK;
    }
}
