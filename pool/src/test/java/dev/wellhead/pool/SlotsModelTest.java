package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.MetricSink;
import dev.wellhead.testkit.ManualTicker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
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
 * Drives the books of the pool one step at a time, with the workers' tasks run in any order the generator likes, and
 * checks the invariants after every step.
 */
class SlotsModelTest {
    private enum Kind {
        REQUEST,
        TIME_OUT,
        INTERRUPT,
        GIVE_BACK,
        GIVE_BACK_TWICE,
        GIVE_BACK_DIRTY,
        GIVE_BACK_UNROLLABLE,
        GIVE_BACK_BROKEN,
        GIVE_BACK_OCCUPIED,
        ABORT,
        RUN_TASK,
        RUN_TASK_AGAIN,
        RUN_ALL,
        ADVANCE,
        LEAP,
        LEAP_BACK,
        HOUSEKEEP,
        DATABASE_DOWN,
        DATABASE_UP,
        KILL_ALL
    }

    private record Step(Kind kind, int choice) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just(Kind.REQUEST)),
                Tuple.of(8, Arbitraries.just(Kind.RUN_TASK)),
                Tuple.of(6, Arbitraries.just(Kind.GIVE_BACK)),
                Tuple.of(10, Arbitraries.of(Kind.class)));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 1000))
                .as(Step::new)
                .list()
                .ofMinSize(10)
                .ofMaxSize(120);
    }

    @Tag("thorough")
    @Property(tries = 60_000)
    void invariantsHoldInTensOfThousandsOfRuns(@ForAll("steps") List<Step> steps) throws SQLException {
        invariantsHoldAfterEveryStep(steps);
    }

    @Property(tries = 1500)
    void invariantsHoldAfterEveryStep(@ForAll("steps") List<Step> steps) throws SQLException {
        for (int maxSize = 1; maxSize <= 4; maxSize += 3) {
            Rig rig = new Rig(maxSize);
            for (Step step : steps) {
                rig.play(step);
                rig.check();
            }
            rig.windUp();
        }
    }

    private static final class Rig {
        private final FakeDatabase database = new FakeDatabase();
        private final ManualTicker ticker = new ManualTicker();
        private final List<Runnable> tasks = new ArrayList<>();
        private final Deque<Waiter> waiting = new ArrayDeque<>();
        private final List<PooledConnection> lent = new ArrayList<>();
        private final int maxSize;
        private final Slots slots;
        private boolean down;

        Rig(int maxSize) {
            this.maxSize = maxSize;
            PoolSettings settings = new PoolSettings(
                    "model",
                    maxSize,
                    1,
                    5,
                    seconds(5),
                    seconds(5),
                    seconds(2),
                    Duration.ofMinutes(30).toNanos(),
                    Duration.ofMinutes(10).toNanos(),
                    Duration.ofMinutes(2).toNanos(),
                    seconds(60),
                    Long.MAX_VALUE,
                    2,
                    false,
                    List.of());
            Meters meters = new Meters(MetricSink.none(), ticker, "model");
            PoolEvents events = new PoolEvents("model", meters, new PoolListener() {});
            slots = new Slots(
                    settings,
                    new Slots.Tools(
                            new Opener(
                                    database::connect,
                                    connection -> {},
                                    SessionReset.TRACKED,
                                    settings.maxLifetimeNanos()),
                            ticker,
                            tasks::add,
                            meters,
                            events,
                            new SqlEffects(),
                            new SlowQueries(new SlowQueries.Options(Long.MAX_VALUE, 1, false), ticker, meters, events),
                            () -> {}));
        }

        private static long seconds(int seconds) {
            return Duration.ofSeconds(seconds).toNanos();
        }

        void play(Step step) throws SQLException {
            switch (step.kind()) {
                case REQUEST -> request();
                case TIME_OUT -> withdraw(step.choice(), Refusal.TIMEOUT);
                case INTERRUPT -> withdraw(step.choice(), Refusal.INTERRUPTED);
                case RUN_TASK, RUN_TASK_AGAIN -> runTask(step.choice());
                case RUN_ALL -> runAll();
                case ADVANCE -> ticker.advance(Duration.ofMillis(step.choice()));
                case LEAP -> ticker.advance(Duration.ofMinutes(step.choice()));
                case LEAP_BACK -> ticker.advance(Duration.ofMinutes(-step.choice()));
                case HOUSEKEEP -> slots.maintenance().housekeep();
                case DATABASE_DOWN -> fail(true);
                case DATABASE_UP -> fail(false);
                case KILL_ALL -> database.sessions.forEach(session -> session.dead = true);
                default -> giveBack(step);
            }
            collect();
        }

        private void request() {
            PooledConnection atOnce = slots.lendAtOnce();
            if (atOnce != null) {
                borrowed(atOnce);
                return;
            }
            Waiter waiter = new Waiter.Blocking(null);
            slots.dispatcher().request(waiter);
            if (!waiter.isSettled() || waiter.granted() != null) {
                waiting.addLast(waiter);
            }
        }

        private void withdraw(int choice, Refusal reason) {
            if (!waiting.isEmpty()) {
                Waiter leaving = new ArrayList<>(waiting).get(choice % waiting.size());
                slots.dispatcher().withdraw(leaving, reason);
                assertThat(leaving.refusal()).isEqualTo(reason);
                waiting.remove(leaving);
            }
        }

        private void giveBack(Step step) throws SQLException {
            if (lent.isEmpty()) {
                return;
            }
            PooledConnection borrowed = lent.remove(step.choice() % lent.size());
            FakeDatabase.Session session = FakeDatabase.session(borrowed);
            switch (step.kind()) {
                case GIVE_BACK_DIRTY -> soil(borrowed);
                case GIVE_BACK_BROKEN -> borrowed.noted(new SQLException("link lost", "08006"));
                case GIVE_BACK_OCCUPIED -> assertThat(borrowed.tryEnter()).isTrue();
                case ABORT -> borrowed.abort(Runnable::run);
                default -> {}
            }
            if (step.kind() == Kind.GIVE_BACK_UNROLLABLE) {
                soil(borrowed);
                database.faults.put("rollback", FakeDatabase.failing("XX000"));
            }
            borrowed.close();
            database.faults.remove("rollback");
            if (step.kind() == Kind.GIVE_BACK_TWICE) {
                borrowed.close();
            }
            assertThat(session.commits).hasValue(0);
        }

        private static void soil(Connection borrowed) throws SQLException {
            borrowed.setReadOnly(true);
            borrowed.setSchema("other");
            borrowed.setAutoCommit(false);
            borrowed.createStatement().execute("insert");
        }

        private void runTask(int choice) {
            if (!tasks.isEmpty()) {
                tasks.remove(choice % tasks.size()).run();
            }
        }

        private void runAll() {
            while (!tasks.isEmpty()) {
                tasks.remove(0).run();
            }
        }

        private void fail(boolean failing) {
            down = failing;
            database.onConnect.set(failing ? FakeDatabase.failing("08001") : () -> {});
        }

        /** Takes over what was granted since, which must be in order of arrival. */
        private void collect() {
            boolean someoneStillWaits = false;
            for (Waiter waiter : List.copyOf(waiting)) {
                if (!waiter.isSettled()) {
                    someoneStillWaits = true;
                    continue;
                }
                waiting.remove(waiter);
                Slot slot = waiter.granted();
                if (slot != null) {
                    assertThat(someoneStillWaits).as("somebody was overtaken").isFalse();
                    slots.dispatcher().arrived(waiter);
                    PooledConnection connection = slots.lend(slot, waiter.queued);
                    slots.measure(slot);
                    borrowed(connection);
                } else {
                    assertThat(waiter.refusal()).isEqualTo(Refusal.DOWN);
                }
            }
        }

        private void borrowed(PooledConnection connection) {
            assertThat(sessionOf(connection).isPristine())
                    .as("clean at hand-out")
                    .isTrue();
            assertThat(sessionOf(connection).closed).isFalse();
            lent.add(connection);
        }

        private static FakeDatabase.Session sessionOf(PooledConnection connection) {
            try {
                return FakeDatabase.session(connection);
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }

        void check() {
            PoolStats stats = slots.reports().stats();
            assertThat(stats.size() + stats.connecting()).as("bound").isLessThanOrEqualTo(maxSize);
            assertThat(database.mostOpen.get()).as("bound seen by the driver").isLessThanOrEqualTo(maxSize);
            assertThat(database.open.get()).as("books and driver").isLessThanOrEqualTo(stats.size());
            assertThat(stats.active()).as("lent").isEqualTo(lent.size());
            assertThat(stats.waiting()).as("waiting").isEqualTo(waiting.size());
            Set<FakeDatabase.Session> holders = new HashSet<>();
            for (PooledConnection each : lent) {
                assertThat(holders.add(sessionOf(each))).as("lent once").isTrue();
            }
            if (stats.waiting() > 0 && stats.idle() > 0) {
                // Where loans are short those who wait may depend on the next tick.
                slots.maintenance().housekeep();
                collect();
                stats = slots.reports().stats();
            }
            if (stats.waiting() > 0 && stats.idle() > 0) {
                assertThat(tasks)
                        .as("a waiter beside an idle connection that nobody validates")
                        .isNotEmpty();
            }
            if (stats.waiting() > 0 && lent.isEmpty() && !down) {
                assertThat(tasks.size() + stats.connectFailures())
                        .as("a waiter for whom nothing happens")
                        .isPositive();
            }
        }

        /** Ends quietly: then everything must have come home, and the pool must still lend, and close. */
        void windUp() throws SQLException {
            fail(false);
            for (int round = 0; round < 10; round++) {
                runAll();
                collect();
                lent.forEach(PooledConnection::close);
                lent.clear();
                ticker.advance(Duration.ofSeconds(2));
                slots.maintenance().housekeep();
            }
            runAll();
            collect();
            assertThat(waiting).isEmpty();
            request();
            runAll();
            collect();
            assertThat(lent).as("lends again").hasSize(1);
            check();

            lent.remove(0).close();
            slots.control().shut();
            runAll();

            assertThat(database.open.get()).isZero();
            assertThat(slots.reports().stats().size()).isZero();
            Waiter late = new Waiter.Blocking(null);
            slots.dispatcher().request(late);
            assertThat(late.refusal()).isEqualTo(Refusal.CLOSED);
            assertThat(slots.lendAtOnce()).isNull();
        }
    }
}
