package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.backup.BackupInfo.State;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/**
 * Invariant: through years of good and bad luck, wrong clocks and changed minds, the newest backup that is known to restore is
 * never deleted, nothing is while none is, and a plan that was carried out has nothing left to do.
 */
class RetentionHistoryTest {
    private static final List<ZoneId> ZONES = List.of(
            ZoneId.of("UTC"), ZoneId.of("Europe/Berlin"), ZoneId.of("Pacific/Apia"), ZoneId.of("America/St_Johns"));

    /** What happens next. */
    private enum Kind {
        BACKUP,
        BACKUP_AND_VERIFY,
        FAILED_BACKUP,
        VERIFY_ONE,
        CORRUPT_ONE,
        CLOCK_FORTH,
        CLOCK_BACK,
        POLICY,
        PRUNE
    }

    private record Event(Kind kind, int number, int hours) {}

    /** A store, a clock and a policy; one after the other, no two at a time. */
    private static final class Life {
        private final List<BackupInfo> store = new ArrayList<>();
        private final Set<String> corrupt = new HashSet<>();
        private Instant now = Instant.parse("2020-01-01T00:00:00Z");
        private int[] policy = {0, 7, 0, 0, 0};
        private ZoneId zone = ZONES.get(0);
        private int made;

        void take(Event event) {
            now = now.plus(Duration.ofHours(event.hours()));
            switch (event.kind()) {
                case BACKUP -> add(State.COMPLETE);
                case BACKUP_AND_VERIFY -> add(State.VERIFIED);
                case FAILED_BACKUP -> {
                    // Time has passed, and that is all.
                }
                case VERIFY_ONE -> settle(event.number());
                case CORRUPT_ONE -> pick(event.number()).ifPresent(backup -> corrupt.add(backup.id()));
                case CLOCK_FORTH -> now = now.plus(Duration.ofDays(event.number()));
                case CLOCK_BACK -> now = now.minus(Duration.ofDays(event.number()));
                case POLICY -> {
                    policy = policy(event.number());
                    zone = ZONES.get(event.number() % ZONES.size());
                }
                case PRUNE -> prune();
            }
        }

        private void add(State state) {
            store.add(info(++made, now, state));
        }

        private Optional<BackupInfo> pick(int number) {
            return store.isEmpty() ? Optional.empty() : Optional.of(store.get(number % store.size()));
        }

        private void settle(int number) {
            pick(number).ifPresent(backup -> {
                State found = corrupt.contains(backup.id()) ? State.SUSPECT : State.VERIFIED;
                store.replaceAll(each -> each == backup ? with(backup, found) : each);
            });
        }

        private void prune() {
            Optional<BackupInfo> newest = newestVerified();
            List<BackupInfo> before = List.copyOf(store);

            store.removeAll(plan(policy).deleted());

            newest.ifPresentOrElse(
                    kept -> assertThat(store)
                            .as("newest verified, by %s", words())
                            .contains(kept),
                    () -> assertThat(store).as("none verified, by %s", words()).isEqualTo(before));
            assertThat(plan(policy).deleted())
                    .as("a second time, by %s", words())
                    .isEmpty();
            assertThat(store).allSatisfy(kept -> assertThat(before).contains(kept));
            for (int rule = 0; rule < policy.length; rule++) {
                int[] richer = policy.clone();
                richer[rule] += 1 + made % 3;
                assertThat(RetentionPlanner.plan(before, retention(richer, zone), now)
                                .kept())
                        .as("one more of rule %s than %s", rule, words())
                        .containsAll(store);
            }
            assertThat(store.stream()
                            .filter(backup -> backup.createdAt().isAfter(now))
                            .toList())
                    .as("dated in the future")
                    .isEqualTo(before.stream()
                            .filter(backup -> backup.createdAt().isAfter(now))
                            .toList());
        }

        // One dated in the future stays anyway; what counts is the newest that is not.
        private Optional<BackupInfo> newestVerified() {
            return store.stream()
                    .filter(backup -> backup.state() == State.VERIFIED
                            && !backup.createdAt().isAfter(now))
                    .max(Comparator.comparing(BackupInfo::id));
        }

        private RetentionPlan plan(int[] rules) {
            return RetentionPlanner.plan(store, retention(rules, zone), now);
        }

        private String words() {
            return Arrays.toString(policy) + " at " + now;
        }
    }

    @Property(tries = 400)
    void yearsOfGoodAndBadLuckNeverCostTheLastGoodBackup(@ForAll("histories") List<Event> history) {
        Life life = new Life();

        for (Event event : history) {
            life.take(event);
        }

        life.prune();
    }

    @Tag("thorough")
    @Property(tries = 20_000)
    void thousandsOfSuchHistoriesNeverCostTheLastGoodBackup(@ForAll("histories") List<Event> history) {
        yearsOfGoodAndBadLuckNeverCostTheLastGoodBackup(history);
    }

    @Property(tries = 20)
    void sourceThatFailsForTenYearsKeepsItsLastGoodBackup(
            @ForAll("histories") List<Event> before, @ForAll("policyNumbers") int number) {
        Life life = new Life();
        before.forEach(life::take);
        life.add(State.VERIFIED);
        BackupInfo good = life.store.get(life.store.size() - 1);
        life.policy = policy(number);

        for (int day = 0; day < 3_650; day++) {
            life.take(new Event(Kind.FAILED_BACKUP, 0, 24));
            if (day % 100 == 0) {
                // What was made at all was no good.
                life.add(day % 200 == 0 ? State.SUSPECT : State.COMPLETE);
                life.prune();
            }
        }

        assertThat(life.store).contains(good);
    }

    private static int[] policy(int number) {
        int[] policy = {number % 4, number / 4 % 8, number / 32 % 5, number / 160 % 13, number / 2080 % 3};
        policy[1] += policy[0] + policy[2] + policy[3] + policy[4] == 0 ? 1 : 0;
        return policy;
    }

    static Retention retention(int[] policy, ZoneId zone) {
        Retention.Builder builder = Retention.builder().zone(zone);
        if (policy[0] > 0) {
            builder.last(policy[0]);
        }
        if (policy[1] > 0) {
            builder.daily(policy[1]);
        }
        if (policy[2] > 0) {
            builder.weekly(policy[2]);
        }
        if (policy[3] > 0) {
            builder.monthly(policy[3]);
        }
        if (policy[4] > 0) {
            builder.yearly(policy[4]);
        }
        return builder.build();
    }

    static BackupInfo info(int number, Instant createdAt, State state) {
        String id = String.format(Locale.ROOT, "%08d-20260101T000000Z-00000000", number);
        return new BackupInfo(id, state, createdAt, BackupInfo.Content.UNKNOWN, "", null);
    }

    private static BackupInfo with(BackupInfo backup, State state) {
        return new BackupInfo(backup.id(), state, backup.createdAt(), BackupInfo.Content.UNKNOWN, "", null);
    }

    /** Some hundred events some hours or days apart: years of a daily schedule. */
    @Provide
    Arbitrary<List<Event>> histories() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(6, Kind.BACKUP),
                Tuple.of(6, Kind.BACKUP_AND_VERIFY),
                Tuple.of(3, Kind.FAILED_BACKUP),
                Tuple.of(3, Kind.VERIFY_ONE),
                Tuple.of(2, Kind.CORRUPT_ONE),
                Tuple.of(1, Kind.CLOCK_FORTH),
                Tuple.of(1, Kind.CLOCK_BACK),
                Tuple.of(1, Kind.POLICY),
                Tuple.of(3, Kind.PRUNE));
        return Combinators.combine(kinds, policyNumbers(), Arbitraries.of(0, 1, 7, 23, 24, 25, 24 * 7, 24 * 31))
                .as(Event::new)
                .list()
                .ofMaxSize(200);
    }

    @Provide
    Arbitrary<Integer> policyNumbers() {
        return Arbitraries.integers().between(0, 6_239);
    }
}
