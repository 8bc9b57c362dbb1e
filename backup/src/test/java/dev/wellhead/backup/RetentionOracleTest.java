package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.backup.BackupInfo.State;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.IsoFields;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Invariant: what the rules keep is what somebody finds who goes through the calendar of the zone with a finger, wherever its
 * clocks have been changed.
 */
class RetentionOracleTest {
    private static final Instant FROM = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2038-01-01T00:00:00Z");
    private static final long DAY = 86_400;

    @Test
    void rulesAgreeWithTheCalendarAroundTransitionsOfEveryZone() {
        long checked = transitions(100);

        assertThat(checked).isGreaterThan(200);
    }

    @Tag("thorough")
    @Test
    void rulesAgreeWithTheCalendarAroundEveryTransitionOfEveryZone() {
        long checked = transitions(1);

        assertThat(checked).isGreaterThan(25_000);
    }

    /** Checks around each n-th transition, and the last of each zone; returns around how many. */
    private static long transitions(int every) {
        Random random = new Random(1970);
        long checked = 0;
        for (String name : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
            ZoneId zone = ZoneId.of(name);
            ZoneRules rules = zone.getRules();
            ZoneOffsetTransition transition = rules.nextTransition(FROM.minusSeconds(1));
            int number = random.nextInt(every);
            while (transition != null && transition.getInstant().isBefore(TO)) {
                if (number++ % every == 0) {
                    assertAgrees(zone, backupsAround(transition.getInstant(), random), random);
                    checked++;
                }
                transition = rules.nextTransition(transition.getInstant());
            }
        }
        return checked;
    }

    /** Backups made at the transition, a second before it, and around the midnights and weeks nearby. */
    private static List<BackupInfo> backupsAround(Instant transition, Random random) {
        List<Instant> times = new ArrayList<>();
        for (long offset : new long[] {-400 * DAY, -32 * DAY, -8 * DAY, -DAY, -1, 0, 1, DAY, 7 * DAY, 31 * DAY}) {
            times.add(transition.plusSeconds(offset));
        }
        for (int i = 0; i < 12; i++) {
            // Quarters of an hour: whole hours, and what some zones have instead.
            times.add(transition.plusSeconds(900L * (random.nextInt(400) - 200)));
            times.add(transition.plusSeconds(900L * (random.nextInt(400) - 200) - 1));
        }
        times.sort(null);
        List<BackupInfo> backups = new ArrayList<>();
        for (int i = 0; i < times.size(); i++) {
            State state = List.of(State.VERIFIED, State.COMPLETE, State.VERIFIED, State.SUSPECT)
                    .get(random.nextInt(4));
            backups.add(RetentionHistoryTest.info(i + 1, times.get(i), i == 0 ? State.VERIFIED : state));
        }
        return backups;
    }

    private static void assertAgrees(ZoneId zone, List<BackupInfo> backups, Random random) {
        int[] policy = {
            random.nextInt(3), 1 + random.nextInt(6), random.nextInt(5), random.nextInt(4), random.nextInt(3)
        };
        Instant now = backups.get(backups.size() - 1).createdAt();

        List<BackupInfo> kept = RetentionPlanner.plan(backups, RetentionHistoryTest.retention(policy, zone), now)
                .kept();

        assertThat(new TreeSet<>(kept.stream().map(BackupInfo::id).toList()))
                .as("%s at %s by %s", zone, now, Arrays.toString(policy))
                .isEqualTo(expected(zone, backups, policy));
    }

    /** Goes through all backups for each of them; as slow as can be, and knows nothing of how the planner does it. */
    private static Set<String> expected(ZoneId zone, List<BackupInfo> backups, int[] policy) {
        Map<BackupInfo, LocalDate> dates =
                backups.stream().collect(Collectors.toMap(backup -> backup, backup -> date(zone, backup)));
        String newestVerified = newest(backups, State.VERIFIED);
        Set<String> kept = new TreeSet<>();
        for (BackupInfo backup : backups) {
            boolean isNewer = backup.id().compareTo(newestVerified) > 0;
            if (backup.id().equals(newestVerified)
                    || (isNewer && backup.state() == State.SUSPECT)
                    || (isNewer && backup.id().equals(newest(backups, State.COMPLETE)))
                    || (backup.state() != State.SUSPECT && isKeptByARule(dates, backup, backups, policy))) {
                kept.add(backup.id());
            }
        }
        return kept;
    }

    private static String newest(List<BackupInfo> backups, State state) {
        return backups.stream()
                .filter(backup -> backup.state() == state)
                .map(BackupInfo::id)
                .max(String::compareTo)
                .orElse("");
    }

    private static boolean isKeptByARule(
            Map<BackupInfo, LocalDate> dates, BackupInfo backup, List<BackupInfo> backups, int[] policy) {
        List<BackupInfo> good =
                backups.stream().filter(each -> each.state() != State.SUSPECT).toList();
        long newer = good.stream()
                .filter(each -> each.id().compareTo(backup.id()) > 0)
                .count();
        return newer < policy[0]
                || isKept(backup, good, policy[1], each -> date(dates, each).toEpochDay())
                || isKept(backup, good, policy[2], each -> week(date(dates, each)))
                || isKept(
                        backup,
                        good,
                        policy[3],
                        each -> date(dates, each).getYear() * 12L
                                + date(dates, each).getMonthValue())
                || isKept(backup, good, policy[4], each ->
                        (long) date(dates, each).getYear());
    }

    /** Returns whether it stands for its period, and fewer than {@code count} later periods have a backup. */
    private static boolean isKept(
            BackupInfo backup, List<BackupInfo> good, int count, Function<BackupInfo, Long> period) {
        long own = period.apply(backup);
        Set<Long> later = good.stream().map(period).filter(each -> each > own).collect(Collectors.toSet());
        boolean isBetter = good.stream()
                .filter(each -> period.apply(each) == own)
                .anyMatch(each -> rank(each).compareTo(rank(backup)) > 0);
        return later.size() < count && !isBetter;
    }

    // Verified ones before others, then the newest.
    private static String rank(BackupInfo backup) {
        return (backup.state() == State.VERIFIED ? "1" : "0") + backup.id();
    }

    /** The day by the clocks of the zone. */
    private static LocalDate date(ZoneId zone, BackupInfo backup) {
        int offset = zone.getRules().getOffset(backup.createdAt()).getTotalSeconds();
        return LocalDate.ofEpochDay(Math.floorDiv(backup.createdAt().getEpochSecond() + offset, DAY));
    }

    private static LocalDate date(Map<BackupInfo, LocalDate> dates, BackupInfo backup) {
        return Objects.requireNonNull(dates.get(backup));
    }

    private static long week(LocalDate date) {
        return date.get(IsoFields.WEEK_BASED_YEAR) * 100L + date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
    }
}
