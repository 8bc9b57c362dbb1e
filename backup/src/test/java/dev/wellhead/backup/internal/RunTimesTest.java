package dev.wellhead.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RunTimesTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void skippedTimeRunsWhenTheClocksGoForward() {
        RunTimes times = RunTimes.daily(LocalTime.of(2, 30), BERLIN);

        List<Instant> runs = three(times, "2026-03-28T12:00:00Z");

        assertThat(runs)
                .containsExactly(
                        Instant.parse("2026-03-29T01:00:00Z"),
                        Instant.parse("2026-03-30T00:30:00Z"),
                        Instant.parse("2026-03-31T00:30:00Z"));
    }

    @Test
    void timeThatComesTwiceRunsOnce() {
        RunTimes times = RunTimes.daily(LocalTime.of(2, 30), BERLIN);

        List<Instant> runs = three(times, "2026-10-24T12:00:00Z");

        assertThat(runs)
                .containsExactly(
                        Instant.parse("2026-10-25T00:30:00Z"),
                        Instant.parse("2026-10-26T01:30:00Z"),
                        Instant.parse("2026-10-27T01:30:00Z"));
    }

    @Test
    void skippedDayRunsOnceAtItsEnd() {
        // Samoa went from the 29th to the 31st of December 2011.
        RunTimes times = RunTimes.daily(LocalTime.NOON, ZoneId.of("Pacific/Apia"));

        List<Instant> runs = three(times, "2011-12-29T12:00:00Z");

        assertThat(runs)
                .containsExactly(
                        Instant.parse("2011-12-29T22:00:00Z"),
                        Instant.parse("2011-12-30T10:00:00Z"),
                        Instant.parse("2011-12-30T22:00:00Z"));
    }

    @Property
    void dailyRunsAreLaterAndNoLocalDateIsLeftOutOrServedTwice(
            @ForAll("zones") ZoneId zone,
            @ForAll @IntRange(max = 86_399) int secondOfDay,
            @ForAll @LongRange(min = 0, max = 2_114_380_800L) long epochSecond) {
        RunTimes times = RunTimes.daily(LocalTime.ofSecondOfDay(secondOfDay), zone);
        Instant start = Instant.ofEpochSecond(epochSecond);

        Instant first = times.after(start);
        Instant second = times.after(first);

        assertThat(first).isAfter(start).isBefore(start.plus(Duration.ofHours(50)));
        assertThat(second).isAfter(first);
        LocalDate day = first.atZone(zone).toLocalDate();
        // A skipped time may fall on the next date only where midnight itself, or the whole day, is skipped.
        assertThat(second.atZone(zone).toLocalDate()).isBetween(day, day.plusDays(2));
        assertThat(times.after(second.minusNanos(1))).isEqualTo(second);
    }

    @Property
    void dailyRunKeepsItsTimeWhereThatTimeExistsOnce(
            @ForAll("zones") ZoneId zone,
            @ForAll @IntRange(max = 86_399) int secondOfDay,
            @ForAll @LongRange(min = 0, max = 2_114_380_800L) long epochSecond) {
        LocalTime time = LocalTime.ofSecondOfDay(secondOfDay);

        Instant run = RunTimes.daily(time, zone).after(Instant.ofEpochSecond(epochSecond));

        boolean kept = run.atZone(zone).toLocalTime().equals(time);
        boolean atTransition = !zone.getRules().isFixedOffset()
                && zone.getRules().previousTransition(run.plusNanos(1)) != null
                && zone.getRules()
                        .previousTransition(run.plusNanos(1))
                        .getInstant()
                        .equals(run);
        assertThat(kept || atTransition).isTrue();
    }

    @Test
    void periodCountsFromTheLastRun() {
        Instant last = Instant.parse("2026-03-29T00:59:00Z");

        assertThat(RunTimes.every(Duration.ofHours(6)).after(last)).isEqualTo(last.plus(Duration.ofHours(6)));
        assertThat(RunTimes.every(Duration.ofSeconds(Long.MAX_VALUE)).after(last))
                .isEqualTo(Instant.MAX);
    }

    private static List<Instant> three(RunTimes times, String start) {
        List<Instant> runs = new ArrayList<>();
        Instant at = Instant.parse(start);
        for (int i = 0; i < 3; i++) {
            at = times.after(at);
            runs.add(at);
        }
        return runs;
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        return Arbitraries.of(
                ZoneId.getAvailableZoneIds().stream().sorted().map(ZoneId::of).toList());
    }

    @Property
    void spreadTimesAreEachLateByLessThanTheMostAndAlwaysByTheSame(
            @ForAll @IntRange(min = 1, max = 4_000_000) int seconds,
            @ForAll @LongRange(min = 1, max = 43_200_000) long most) {
        RunTimes exact = RunTimes.daily(LocalTime.of(2, 30), BERLIN);
        RunTimes spread = exact.spread(Duration.ofMillis(most), "a");
        Instant instant = Instant.ofEpochSecond(1_770_000_000L + seconds);

        Instant run = spread.after(instant);

        assertThat(Duration.between(exact.after(instant), run)).isBetween(Duration.ZERO, Duration.ofMillis(most - 1));
        assertThat(exact.spread(Duration.ofMillis(most), "a").after(instant)).isEqualTo(run);
        // The run that was late is the one of its day.
        assertThat(spread.after(run)).isAfterOrEqualTo(exact.after(run)).isAfter(run);
    }

    @Test
    void spreadTimesDifferByNameAndDay() {
        RunTimes exact = RunTimes.daily(LocalTime.of(2, 30), ZoneOffset.UTC);
        Instant instant = Instant.parse("2026-06-15T12:00:00Z");
        Set<Duration> delays = new HashSet<>();

        for (String name : List.of("a", "b", "c", "d", "e")) {
            for (int day = 0; day < 20; day++) {
                Instant from = instant.plus(Duration.ofDays(day));
                delays.add(Duration.between(
                        exact.after(from),
                        exact.spread(Duration.ofMinutes(10), name).after(from)));
            }
        }

        assertThat(delays).hasSizeGreaterThan(95);
        assertThat(exact.spread(Duration.ZERO, "a")).isSameAs(exact);
    }
}
