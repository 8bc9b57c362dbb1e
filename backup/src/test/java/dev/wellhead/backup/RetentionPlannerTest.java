package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.backup.BackupInfo.State;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetentionPlannerTest {
    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

    private record Made(int hoursAgo, State state) {}

    @Property
    void newestVerifiedIsNeverDeleted(@ForAll("histories") List<BackupInfo> backups, @ForAll("policies") int[] policy) {
        RetentionPlan plan = plan(backups, policy);

        newestVerified(backups).ifPresent(newest -> assertThat(plan.kept()).contains(newest));
    }

    @Property
    void nothingIsDeletedWhileNoneIsVerified(
            @ForAll("histories") List<BackupInfo> backups, @ForAll("policies") int[] policy) {
        List<BackupInfo> unverified = backups.stream()
                .filter(backup -> backup.state() != State.VERIFIED)
                .toList();

        RetentionPlan plan = plan(unverified, policy);

        assertThat(plan.deleted()).isEmpty();
    }

    @Property
    void planOfWhatAPlanHasKeptDeletesNothing(
            @ForAll("histories") List<BackupInfo> backups, @ForAll("policies") int[] policy) {
        List<BackupInfo> kept = plan(backups, policy).kept();

        RetentionPlan second = plan(kept, policy);

        assertThat(second.deleted()).isEmpty();
    }

    @Property
    void largerPolicyNeverKeepsLess(
            @ForAll("histories") List<BackupInfo> backups,
            @ForAll("policies") int[] policy,
            @ForAll @IntRange(max = 4) int rule,
            @ForAll @IntRange(min = 1, max = 3) int more) {
        int[] larger = policy.clone();
        larger[rule] += more;

        Set<String> before = ids(plan(backups, policy).kept());
        Set<String> after = ids(plan(backups, larger).kept());

        assertThat(after).containsAll(before);
    }

    @Property
    void backupDatedInTheFutureMakesNoOtherOneGo(
            @ForAll("histories") List<BackupInfo> backups,
            @ForAll("policies") int[] policy,
            @ForAll @IntRange(min = 1, max = 100_000) int hoursAhead,
            @ForAll State state) {
        List<BackupInfo> more = new ArrayList<>(backups);
        more.add(info(9000, -hoursAhead, state));

        Set<String> deletedBefore = ids(plan(backups, policy).deleted());
        Set<String> deletedAfter = ids(plan(more, policy).deleted());

        assertThat(deletedAfter).isEqualTo(deletedBefore);
    }

    @Property
    void suspectOnesDoNotCount(@ForAll("histories") List<BackupInfo> backups, @ForAll("policies") int[] policy) {
        List<BackupInfo> good = backups.stream()
                .filter(backup -> backup.state() != State.SUSPECT)
                .toList();

        Set<String> keptOfAll = ids(plan(backups, policy).kept());
        Set<String> keptOfGood = ids(plan(good, policy).kept());

        assertThat(keptOfAll).containsAll(keptOfGood);
        assertThat(ids(plan(backups, policy).kept().stream()
                        .filter(backup -> backup.state() != State.SUSPECT)
                        .toList()))
                .isEqualTo(keptOfGood);
    }

    @Property
    void planIsAboutEveryBackupOnceAndHasAReasonForEach(
            @ForAll("histories") List<BackupInfo> backups, @ForAll("policies") int[] policy) {
        RetentionPlan plan = plan(backups, policy);

        assertThat(plan.entries()).hasSameSizeAs(backups);
        assertThat(plan.kept().size() + plan.deleted().size()).isEqualTo(backups.size());
        assertThat(plan.entries())
                .allSatisfy(entry -> assertThat(entry.reason()).isNotBlank());
    }

    @Property
    void lastKeepsAtLeastThatManyGoodOnes(
            @ForAll("histories") List<BackupInfo> backups, @ForAll @IntRange(min = 1, max = 9) int last) {
        long good = backups.stream()
                .filter(backup -> backup.state() != State.SUSPECT)
                .count();

        List<BackupInfo> kept = plan(backups, new int[] {last, 0, 0, 0, 0}).kept();

        assertThat(kept.stream().filter(backup -> backup.state() != State.SUSPECT))
                .hasSizeGreaterThanOrEqualTo((int) Math.min(last, good));
    }

    @Test
    void oneIsKeptForEachOfTheLastDaysWeeksAndMonths() {
        List<BackupInfo> backups = new ArrayList<>();
        for (int day = 0; day < 100; day++) {
            backups.add(info(1000 - 2 * day, day * 24, State.VERIFIED));
            backups.add(info(1000 - 2 * day - 1, day * 24 + 1, State.VERIFIED));
        }

        RetentionPlan plan = plan(backups, new int[] {0, 3, 3, 3, 0});

        assertThat(plan.kept().stream()
                        .map(backup -> backup.createdAt().toString().substring(0, 10)))
                .containsExactly("2026-06-15", "2026-06-14", "2026-06-13", "2026-06-07", "2026-05-31", "2026-04-30");
        assertThat(plan.entries().get(0).reason())
                .isEqualTo("newest verified, daily 2026-06-15, weekly 2026-06-15, monthly 2026-06-01");
        assertThat(plan.toString()).contains("keep   " + plan.kept().get(0).id() + "  newest verified");
    }

    @Test
    void verifiedOneStandsForItsDayRatherThanALaterUnverifiedOne() {
        BackupInfo verifiedThatDay = info(1, 30, State.VERIFIED);
        BackupInfo laterThatDay = info(2, 29, State.COMPLETE);
        BackupInfo today = info(3, 1, State.VERIFIED);

        RetentionPlan plan = plan(List.of(verifiedThatDay, laterThatDay, today), new int[] {0, 2, 0, 0, 0});

        assertThat(plan.kept()).containsExactly(today, verifiedThatDay);
        assertThat(plan.deleted()).containsExactly(laterThatDay);
    }

    @Test
    void daysBeginInTheZoneOfThePolicy() {
        // 23:30 and 00:30 in Berlin: two days there, one in UTC.
        BackupInfo evening = info(1, Instant.parse("2026-06-13T21:30:00Z"), State.VERIFIED);
        BackupInfo night = info(2, Instant.parse("2026-06-13T22:30:00Z"), State.VERIFIED);
        Retention berlin =
                Retention.builder().daily(5).zone(ZoneId.of("Europe/Berlin")).build();

        assertThat(RetentionPlanner.plan(List.of(evening, night), berlin, NOW).deleted())
                .isEmpty();
        assertThat(plan(List.of(evening, night), new int[] {0, 5, 0, 0, 0}).deleted())
                .containsExactly(evening);
    }

    @Test
    void withoutRetentionNothingIsDeleted() {
        RetentionPlan plan = RetentionPlanner.plan(List.of(info(1, 1, State.VERIFIED)), null, NOW);

        assertThat(plan.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.keep()).isTrue();
            assertThat(entry.reason()).isEqualTo("no retention is set");
        });
    }

    @Test
    void tenYearsOfFailingBackupsLeaveTheLastGoodOne() {
        List<BackupInfo> backups = new ArrayList<>();
        BackupInfo good = info(1, 3650 * 24, State.VERIFIED);
        backups.add(good);
        for (int day = 1; day < 3650; day++) {
            backups.add(info(1 + day, (3650 - day) * 24, State.COMPLETE));
        }

        assertThat(plan(backups, new int[] {3, 0, 0, 0, 0}).kept()).hasSize(4).contains(good);
    }

    @Test
    void retentionWithoutARuleOrWithACountBelowOneIsRefused() {
        assertThatThrownBy(() -> Retention.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("retention: give at least one of last, daily");
        assertThatThrownBy(() -> Retention.builder().last(0)).hasMessage("last must be >= 1, was 0");
        assertThatThrownBy(() -> Retention.builder().daily(-1)).hasMessage("daily must be >= 1, was -1");
        assertThatThrownBy(() -> Retention.builder().weekly(0)).hasMessage("weekly must be >= 1, was 0");
        assertThatThrownBy(() -> Retention.builder().monthly(0)).hasMessage("monthly must be >= 1, was 0");
        assertThatThrownBy(() -> Retention.builder().yearly(0)).hasMessage("yearly must be >= 1, was 0");
    }

    private static RetentionPlan plan(List<BackupInfo> backups, int[] policy) {
        return RetentionPlanner.plan(backups, RetentionHistoryTest.retention(policy, ZoneOffset.UTC), NOW);
    }

    private static Optional<BackupInfo> newestVerified(List<BackupInfo> backups) {
        return backups.stream()
                .filter(backup -> backup.state() == State.VERIFIED)
                .max(Comparator.comparing(BackupInfo::id));
    }

    private static Set<String> ids(List<BackupInfo> backups) {
        return new HashSet<>(backups.stream().map(BackupInfo::id).toList());
    }

    private static BackupInfo info(int number, int hoursAgo, State state) {
        return info(number, NOW.minus(Duration.ofHours(hoursAgo)), state);
    }

    private static BackupInfo info(int number, Instant createdAt, State state) {
        return RetentionHistoryTest.info(number, createdAt, state);
    }

    /** Any order of times: the clock may have gone back, or be ahead. */
    @Provide
    Arbitrary<List<BackupInfo>> histories() {
        Arbitrary<Made> made = Combinators.combine(
                        Arbitraries.integers().between(-500, 20_000),
                        Arbitraries.of(State.COMPLETE, State.VERIFIED, State.SUSPECT))
                .as(Made::new);
        return made.list().ofMaxSize(40).map(list -> {
            List<BackupInfo> backups = new ArrayList<>();
            for (Made one : list) {
                backups.add(info(backups.size() + 1, one.hoursAgo(), one.state()));
            }
            return backups;
        });
    }

    @Provide
    Arbitrary<int[]> policies() {
        return Arbitraries.integers()
                .between(0, 6)
                .array(int[].class)
                .ofSize(5)
                .filter(policy -> policy[0] + policy[1] + policy[2] + policy[3] + policy[4] > 0);
    }
}
