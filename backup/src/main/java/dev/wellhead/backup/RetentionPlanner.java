package dev.wellhead.backup;

import dev.wellhead.backup.BackupInfo.State;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which backups stay. A pure function of the backups, the rules and the time; order is that of the ids, so that
 * a wall clock that went back cannot make an old backup the newest.
 *
 * <p>Backups dated in the future stay, and count for nothing: a wrong clock, or somebody's forgery, must not push the
 * others out. Among the rest nothing goes while none is verified. Else these stay: the newest verified one, the newest
 * complete one, suspect ones newer than the newest verified one (they may hold what nothing else does), and what a rule
 * keeps. Rules count complete and verified ones only.
 */
final class RetentionPlanner {
    private final Retention retention;
    private final Instant now;
    private final Map<String, String> reasons = new LinkedHashMap<>();

    private RetentionPlanner(Retention retention, Instant now) {
        this.retention = retention;
        this.now = now;
    }

    static RetentionPlan plan(List<BackupInfo> backups, @Nullable Retention retention, Instant now) {
        List<BackupInfo> newestFirst = new ArrayList<>(backups);
        newestFirst.sort(Comparator.comparing(BackupInfo::id).reversed());
        if (retention == null) {
            return keepAll(newestFirst, "no retention is set");
        }
        return new RetentionPlanner(retention, now).decide(newestFirst);
    }

    private static RetentionPlan keepAll(List<BackupInfo> backups, String reason) {
        return new RetentionPlan(backups.stream()
                .map(backup -> new RetentionPlan.Entry(backup, true, reason))
                .toList());
    }

    private static @Nullable BackupInfo newest(List<BackupInfo> newestFirst, State state) {
        for (BackupInfo backup : newestFirst) {
            if (backup.state() == state) {
                return backup;
            }
        }
        return null;
    }

    private RetentionPlan decide(List<BackupInfo> newestFirst) {
        List<BackupInfo> past = new ArrayList<>();
        for (BackupInfo backup : newestFirst) {
            if (backup.createdAt().isAfter(now)) {
                keep(backup, "dated in the future");
            } else {
                past.add(backup);
            }
        }
        BackupInfo verified = newest(past, State.VERIFIED);
        if (verified == null) {
            return keepAll(newestFirst, "nothing is deleted while no backup is verified");
        }
        keep(verified, "newest verified");
        BackupInfo complete = newest(past, State.COMPLETE);
        if (complete != null && isNewer(complete, verified)) {
            keep(complete, "newest, not yet verified");
        }
        for (BackupInfo backup : past) {
            if (backup.state() == State.SUSPECT && isNewer(backup, verified)) {
                keep(backup, "suspect, but newer than the newest verified; look at it");
            }
        }
        applyRules(
                past.stream().filter(backup -> backup.state() != State.SUSPECT).toList());
        return new RetentionPlan(newestFirst.stream().map(this::entry).toList());
    }

    private void applyRules(List<BackupInfo> counted) {
        for (BackupInfo backup : counted.subList(0, Math.min(retention.last(), counted.size()))) {
            keep(backup, "among the last " + retention.last());
        }
        keepOnePer("daily", retention.daily(), counted, day -> day);
        keepOnePer(
                "weekly",
                retention.weekly(),
                counted,
                day -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
        keepOnePer("monthly", retention.monthly(), counted, day -> day.withDayOfMonth(1));
        keepOnePer("yearly", retention.yearly(), counted, day -> day.withDayOfYear(1));
    }

    /**
     * Periods count by the calendar, not by the order in which backups were made: deleting one that is not chosen then
     * never changes which periods are the newest.
     */
    private void keepOnePer(
            String rule, int count, List<BackupInfo> newestFirst, UnaryOperator<LocalDate> firstDayOfPeriod) {
        NavigableMap<LocalDate, BackupInfo> chosen = new TreeMap<>();
        for (BackupInfo backup : newestFirst) {
            LocalDate day = backup.createdAt().atZone(retention.zone()).toLocalDate();
            chosen.merge(
                    firstDayOfPeriod.apply(day),
                    backup,
                    (newer, older) ->
                            newer.state() != State.VERIFIED && older.state() == State.VERIFIED ? older : newer);
        }
        chosen.descendingMap().entrySet().stream()
                .limit(count)
                .forEach(period -> keep(period.getValue(), rule + " " + period.getKey()));
    }

    private void keep(BackupInfo backup, String reason) {
        reasons.merge(backup.id(), reason, (before, more) -> before + ", " + more);
    }

    private RetentionPlan.Entry entry(BackupInfo backup) {
        String reason = reasons.get(backup.id());
        if (reason != null) {
            return new RetentionPlan.Entry(backup, true, reason);
        }
        return new RetentionPlan.Entry(
                backup,
                false,
                backup.state() == State.SUSPECT
                        ? "suspect, and older than the newest verified"
                        : "no rule keeps it, and a newer one is verified or kept");
    }

    private static boolean isNewer(BackupInfo backup, BackupInfo than) {
        return backup.id().compareTo(than.id()) > 0;
    }
}
