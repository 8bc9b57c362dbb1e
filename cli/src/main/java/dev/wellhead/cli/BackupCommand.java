package dev.wellhead.cli;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Retention;
import dev.wellhead.backup.RetentionPlan;
import dev.wellhead.backup.VerifyReport;
import dev.wellhead.cli.Screen.Paint;
import dev.wellhead.migrate.internal.Json;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** What the commands below {@code backup} share. */
abstract class BackupCommand implements Callable<Integer> {
    static final String NEWEST = "latest";

    @Mixin
    final DatabaseOptions database = new DatabaseOptions();

    @Mixin
    final StoreOptions options = new StoreOptions();

    final Session session;

    BackupCommand(Session session) {
        this.session = session;
    }

    /** Something that is done with backups. */
    @FunctionalInterface
    interface Work {
        /** Does it, and returns the exit code. */
        int with(Backups backups);
    }

    /** Does it, with progress on a terminal. */
    final int run(Target target, @Nullable Retention retention, Work work) {
        try (ProgressBar bar = session.progress()) {
            return work.with(options.backups(session, target, new BackupProgressLine(bar), retention));
        }
    }

    /** Returns the id, or that of the newest backup for {@code latest}. */
    static String id(Backups backups, String given) {
        if (!given.equals(NEWEST)) {
            return given;
        }
        return backups.list().stream()
                .findFirst()
                .map(BackupInfo::id)
                .orElseThrow(() -> new CliException(
                        CliException.Kind.NO_SUCH_FILE,
                        "there is no backup in this store; make one with wellhead backup create"));
    }

    static Map<String, @Nullable Object> json(BackupInfo backup) {
        return Json.object(
                "id",
                backup.id(),
                "state",
                backup.state(),
                "createdAt",
                backup.createdAt(),
                "checkedAt",
                backup.checkedAt().orElse(null),
                "database",
                backup.database(),
                "tables",
                backup.tables(),
                "rows",
                backup.rows(),
                "bytes",
                backup.bytes(),
                "detail",
                backup.detail());
    }

    static Map<String, @Nullable Object> json(VerifyReport report) {
        return Json.object(
                "id",
                report.id(),
                "verified",
                report.verified(),
                "problems",
                report.problems(),
                "durationMs",
                report.duration().toMillis());
    }

    static List<Map<String, @Nullable Object>> json(RetentionPlan plan) {
        return plan.entries().stream()
                .map(entry -> Json.object("id", entry.backup().id(), "keep", entry.keep(), "reason", entry.reason()))
                .toList();
    }

    static void print(Screen screen, List<BackupInfo> backups) {
        if (backups.isEmpty()) {
            screen.line("no backups");
            return;
        }
        Table table = screen.table("id", "made", "state", "verified", "tables#", "rows#", "size#", "detail");
        for (BackupInfo backup : backups) {
            table.row(
                    backup.id(),
                    backup.createdAt().truncatedTo(ChronoUnit.SECONDS),
                    backup.state().name().toLowerCase(Locale.ROOT),
                    backup.checkedAt()
                            .map(at -> at.truncatedTo(ChronoUnit.SECONDS).toString())
                            .orElse("never"),
                    backup.tables(),
                    backup.rows(),
                    ByteSize.text(backup.bytes()),
                    backup.detail().isEmpty() ? "-" : backup.detail());
        }
        screen.print(table);
    }

    static void print(Screen screen, VerifyReport report) {
        if (report.verified()) {
            screen.line(screen.paint("verified", Paint.GOOD) + " " + report.id() + ": restored and equal, in "
                    + Durations.text(report.duration()));
            return;
        }
        screen.line(screen.paint("suspect", Paint.BAD) + " " + report.id() + ":");
        report.problems().forEach(problem -> screen.line("  " + problem));
    }

    static void print(Screen screen, RetentionPlan plan, boolean dryRun) {
        if (plan.entries().isEmpty()) {
            screen.line("no backups");
            return;
        }
        Table table = screen.table(dryRun ? "would" : "done", "id", "made", "state", "reason");
        for (RetentionPlan.Entry entry : plan.entries()) {
            String verb = dryRun ? "delete" : "deleted";
            table.row(
                    entry.keep() ? (dryRun ? "keep" : "kept") : verb,
                    entry.backup().id(),
                    entry.backup().createdAt().truncatedTo(ChronoUnit.SECONDS),
                    entry.backup().state().name().toLowerCase(Locale.ROOT),
                    entry.reason());
        }
        screen.print(table);
    }
}
