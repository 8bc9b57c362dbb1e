package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.core.MetricSink;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A pool on one thread: the callers, the workers' tasks in whatever order, the driver and the clock are all in the hands
 * of the model, which keeps books of its own on who asked, who has what, and what each step must lead to.
 */
final class ModelPool {
    private static final long ACQUIRE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long CONNECT_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long MAX_LIFETIME_NANOS = Duration.ofMinutes(30).toNanos();
    private static final long LEAK_NANOS = Duration.ofSeconds(60).toNanos();
    static final Duration RECLAIM_AFTER = Duration.ofSeconds(30);
    static final Duration RECLAIM_GRACE = Duration.ofSeconds(2);
    private static final int STALE_KEPT = 8;
    private static final int MOST_TASKS = 200;

    final ModelPlan.Shape shape;
    final ModelClock clock = new ModelClock();
    final ModelOutage outage;
    final ModelDriver driver;
    final Slots slots;
    final List<Share> shares;
    private final Acquisition acquisition;
    private final PoolObjects objects;

    final List<Runnable> tasks = new ArrayList<>();
    /** How many tasks are in the middle of a driver call. */
    int running;

    /** In order of arrival. */
    final List<ModelLoan.Ask> waiting = new ArrayList<>();
    /** Futures that were settled, and of which their caller has not heard yet. */
    final List<ModelLoan.Ask> undelivered = new ArrayList<>();

    final List<ModelLoan> lent = new ArrayList<>();
    /** In the middle of their return. */
    final List<ModelLoan> returning = new ArrayList<>();
    /** Those that ended last. */
    final List<ModelLoan> ended = new ArrayList<>();

    int maxSize;
    long suspendedUntil;
    boolean suspended;
    boolean shut;
    boolean shutByForce;
    long loans;
    long timeouts;
    long rejected;
    long leaks;
    long reclaimed;

    ModelPool(ModelPlan.Shape shape) {
        this.shape = shape;
        this.maxSize = shape.maxSize();
        this.outage = new ModelOutage(clock, shape.parallelConnects(), CONNECT_NANOS);
        this.driver = new ModelDriver(clock, outage);
        this.shares = shape.divided()
                ? List.of(new Share("few", 1, 0), new Share("sure", shape.maxSize(), Math.min(2, shape.maxSize() - 1)))
                : List.of();
        PoolSettings settings = settings(shape, shares);
        Meters meters = new Meters(MetricSink.none(), clock, "model");
        PoolEvents events = new PoolEvents("model", meters, new PoolListener() {});
        Opener opener =
                new Opener(driver::connect, connection -> {}, SessionReset.TRACKED, settings.maxLifetimeNanos());
        this.slots = new Slots(
                settings,
                new Slots.Tools(
                        opener,
                        clock,
                        this::work,
                        meters,
                        events,
                        new SqlEffects(),
                        new SlowQueries(new SlowQueries.Options(Long.MAX_VALUE, 1, false), clock, meters, events),
                        () -> {}));
        this.acquisition = new Acquisition(settings, clock, meters, events, slots);
        this.objects = PoolObjects.reachableFrom(slots);
        driver.watch(objects::isAnyLocked);
    }

    private static PoolSettings settings(ModelPlan.Shape shape, List<Share> shares) {
        return new PoolSettings(
                "model",
                shape.maxSize(),
                shape.minIdle(),
                shape.maxWaiters(),
                ACQUIRE_NANOS,
                CONNECT_NANOS,
                Duration.ofSeconds(2).toNanos(),
                MAX_LIFETIME_NANOS,
                Duration.ofMinutes(10).toNanos(),
                Duration.ofMinutes(2).toNanos(),
                LEAK_NANOS,
                shape.reclaiming() ? RECLAIM_AFTER.toNanos() : Long.MAX_VALUE,
                shape.parallelConnects(),
                shape.primaryRequired(),
                shares);
    }

    private void work(Runnable task) {
        if (task instanceof Chores.Connecting) {
            outage.started(task);
        }
        tasks.add(task);
    }

    void run(Runnable task) {
        tasks.remove(task);
        running++;
        driver.run(task);
        running--;
        if (driver.noteValidations()) {
            driver.suspectAll();
        }
        collect();
    }

    void runAll() {
        for (int left = MOST_TASKS; !tasks.isEmpty(); left--) {
            assertThat(left).as("tasks that lead to tasks without end").isPositive();
            run(tasks.get(0));
        }
    }

    void move(Duration by) {
        clock.move(by);
        slots.reports().stats();
    }

    // Asking.

    /** As {@code getConnection()} does, but does not park where that would wait. */
    void borrow(Share share) {
        PooledConnection atOnce = share == null ? slots.lendAtOnce() : null;
        if (atOnce != null) {
            lend(atOnce, null);
            checkGrant(null, FakeDatabase.session(atOnce.slot()), false);
            return;
        }
        ModelLoan.Ask ask = new ModelLoan.Ask(new Waiter.Blocking(share), null, share, Long.MAX_VALUE);
        int before = slots.reports().stats().waiting();
        waiting.add(ask);
        slots.dispatcher().request(ask.waiter);
        if (ask.waiter.refusal() == Refusal.QUEUE_FULL) {
            assertThat(before).as("I4: refused for a full queue").isGreaterThanOrEqualTo(shape.maxWaiters());
        }
    }

    /** Borrows without waiting; a connection that is not there is nobody's fault. */
    void borrowAtOnceOrNot() {
        boolean others = waiting.stream().anyMatch(this::isEligible);
        try {
            Optional<Connection> connection = acquisition.tryAcquire(0);
            if (connection.isEmpty()) {
                noteWithdrawal();
                return;
            }
            PooledConnection pooled = (PooledConnection) connection.get();
            assertThat(others && shape.longLoans())
                    .as("I7: overtaken by one who would not wait")
                    .isFalse();
            lend(pooled, null);
            checkGrant(null, FakeDatabase.session(pooled.slot()), false);
        } catch (PoolUnavailableException e) {
            rejected++;
            assertThat(outage.mayBeKnownDown())
                    .as("I4: refused as the database is down")
                    .isTrue();
        } catch (ConnectionClosedException e) {
            assertThat(shut).as("I4: refused as the pool is closed").isTrue();
        } catch (SQLException e) {
            throw new AssertionError("I4: no other exception is known", e);
        }
    }

    private void noteWithdrawal() {
        PoolStats stats = slots.reports().stats();
        assertThat(stats.timeouts() + stats.rejected())
                .as("I4: one who would not wait left for a reason")
                .isEqualTo(timeouts + rejected + 1);
        timeouts = stats.timeouts();
        rejected = stats.rejected();
    }

    void borrowByFuture() {
        CompletableFuture<Connection> future = acquisition.acquireAsync();
        AtomicReference<Waiter> found = new AtomicReference<>();
        objects.only(Books.class)
                .change(now -> found.set(slots.dispatcher().queue().first(waiter -> isNew(waiter))));
        ModelLoan.Ask ask = new ModelLoan.Ask(found.get(), future, null, clock.now() + ACQUIRE_NANOS);
        if (ask.waiter == null) {
            settledAtOnce(ask);
        } else {
            assertThat(ask.waiter.deadline()).as("I4: deadline of a future").isEqualTo(ask.deadline);
            waiting.add(ask);
        }
    }

    private boolean isNew(Waiter waiter) {
        return waiting.stream().noneMatch(ask -> ask.waiter == waiter);
    }

    private void settledAtOnce(ModelLoan.Ask ask) {
        Slot slot = slotWithoutLoan();
        undelivered.add(ask);
        if (slot != null) {
            ask.granted(slot);
            checkGrant(null, FakeDatabase.session(slot), false);
            return;
        }
        long refused = slots.reports().stats().rejected() - rejected;
        rejected += refused;
        boolean full = waiting.stream().filter(ModelLoan.Ask::isOpen).count() >= shape.maxWaiters();
        assertThat(refused == 1 ? full || outage.mayBeKnownDown() : shut)
                .as("I4: a future refused at once")
                .isTrue();
    }

    /** Returns what was lent to somebody who has no proxy of it yet, and is not known of. */
    private Slot slotWithoutLoan() {
        for (Slot slot : slots.all()) {
            FakeDatabase.Session session = FakeDatabase.session(slot);
            boolean known = lent.stream().anyMatch(loan -> loan.session == session)
                    || returning.stream().anyMatch(loan -> loan.session == session)
                    || undelivered.stream().anyMatch(ask -> ask.slot() == slot)
                    || waiting.stream().anyMatch(ask -> ask.slot() == slot);
            if (slot.state() == Slot.LENT && !known) {
                return slot;
            }
        }
        return null;
    }

    void cancel(ModelLoan.Ask ask) {
        ask.withdrawn = true;
        assertThat(ask.future.cancel(false)).isTrue();
        if (waiting.remove(ask)) {
            assertThat(ask.waiter.refusal()).as("I4: cancelled while it waited").isEqualTo(Refusal.INTERRUPTED);
        }
    }

    void timeOut(ModelLoan.Ask ask) {
        if (ask.future != null) {
            move(Duration.ofNanos(Math.max(0, ask.deadline - clock.now())));
            housekeep();
            assertThat(ask.waiter.isSettled())
                    .as("I4: a future whose time is over")
                    .isTrue();
        } else {
            Refusal reason = ((Waiter.Blocking) ask.waiter).await(clock, 0);
            assertThat(reason).isEqualTo(Refusal.TIMEOUT);
            withdraw(ask, reason);
            timeouts++;
        }
    }

    void interrupt(ModelLoan.Ask ask) {
        Thread.currentThread().interrupt();
        Refusal reason = ((Waiter.Blocking) ask.waiter).await(clock, ACQUIRE_NANOS);
        withdraw(ask, reason);
        assertThat(Thread.interrupted()).as("I10: the interrupt flag").isTrue();
        assertThat(reason).as("I10: why it left").isEqualTo(Refusal.INTERRUPTED);
    }

    private void withdraw(ModelLoan.Ask ask, Refusal reason) {
        waiting.remove(ask);
        slots.dispatcher().withdraw(ask.waiter, reason);
        assertThat(ask.waiter.refusal()).as("I4: left the queue").isEqualTo(reason);
        assertThat(ask.waiter.granted()).as("I4: both refused and granted").isNull();
    }

    // Being served.

    /** Takes over what was settled since. */
    void collect() {
        for (ModelLoan.Ask ask : List.copyOf(undelivered)) {
            if (ask.future.isDone() && !ask.isStillToCome()) {
                undelivered.remove(ask);
                delivered(ask);
            }
        }
        for (ModelLoan.Ask ask : List.copyOf(waiting)) {
            if (ask.waiter.isSettled()) {
                settled(ask);
            }
        }
    }

    private void settled(ModelLoan.Ask ask) {
        Slot slot = ask.slot();
        assertThat(slot != null && ask.waiter.refusal() != null)
                .as("I4: both granted and refused")
                .isFalse();
        if (slot != null) {
            checkOrder(ask);
            checkGrant(ask.share, FakeDatabase.session(slot), ask.waiter.queued);
        } else {
            noteRefusal(ask);
        }
        waiting.remove(ask);
        if (ask.future != null) {
            if (slot != null) {
                ask.granted(slot);
            }
            undelivered.add(ask);
        } else if (slot != null) {
            slots.dispatcher().arrived(ask.waiter);
            PooledConnection connection = slots.lend(slot, ask.waiter);
            if (ask.waiter.queued) {
                slots.measure(slot);
            }
            lend(connection, ask.share);
        }
    }

    private void noteRefusal(ModelLoan.Ask ask) {
        switch (ask.waiter.refusal()) {
            case TIMEOUT -> {
                timeouts++;
                assertThat(clock.now()).as("I4: timed out before its time").isGreaterThanOrEqualTo(ask.deadline);
            }
            case DOWN -> {
                rejected++;
                assertThat(outage.mayBeKnownDown())
                        .as("I4: refused as the database is down")
                        .isTrue();
            }
            case QUEUE_FULL -> rejected++;
            case CLOSED ->
                assertThat(shut).as("I4: refused as the pool is closed").isTrue();
            case INTERRUPTED -> throw new AssertionError("I4: nobody was interrupted");
        }
    }

    private void delivered(ModelLoan.Ask ask) {
        if (ask.withdrawn) {
            if (ask.slot() != null) {
                // Lent, and given back at once.
                loans++;
                driver.known(FakeDatabase.session(ask.slot())).provenAt = clock.now();
            }
            return;
        }
        try {
            lend((PooledConnection) ask.future.join(), null);
        } catch (CompletionException e) {
            assertThat(e.getCause()).as("I4: what a future says").isInstanceOf(SQLException.class);
            assertThat(ask.slot()).as("I4: granted, and told otherwise").isNull();
        }
    }

    private void lend(PooledConnection connection, Share share) {
        loans++;
        lent.add(new ModelLoan(connection, share, clock.now()));
    }

    private void checkOrder(ModelLoan.Ask granted) {
        for (ModelLoan.Ask earlier : waiting) {
            if (earlier == granted) {
                return;
            }
            if (earlier.isOpen() && (shape.longLoans() || granted.waiter.queued)) {
                assertThat(isEligible(earlier)).as("I7: somebody was overtaken").isFalse();
            }
        }
    }

    private void checkGrant(Share share, FakeDatabase.Session session, boolean queued) {
        assertThat(shut).as("I8: a closed pool lends").isFalse();
        assertThat(suspended).as("a suspended pool lends").isFalse();
        if (share != null) {
            assertThat(held(share)).as("loans of share %s", share.name).isLessThanOrEqualTo(share.atMost);
        }
        assertThat(free(share)).as("connections left for other shares").isNotNegative();
        if (!queued && share == null && shape.longLoans()) {
            assertThat(waiting.stream().filter(ModelLoan.Ask::isOpen).anyMatch(this::isEligible))
                    .as("I7: a newcomer overtook")
                    .isFalse();
        }
        driver.checkLent(session);
    }

    /** Returns whether a connection that is free may go to this one. */
    boolean isEligible(ModelLoan.Ask ask) {
        return shares.isEmpty() || (free(ask.share) > 0 && (ask.share == null || held(ask.share) < ask.share.atMost));
    }

    /** Returns how many connections are neither lent nor kept for others. */
    private int free(Share share) {
        int free = maxSize - active();
        for (Share other : shares) {
            free -= other == share ? 0 : Math.max(0, other.reserved - held(other));
        }
        return shares.isEmpty() ? 0 : free;
    }

    /** Returns how many connections are with a borrower or on their way. */
    int active() {
        int granted = 0;
        for (ModelLoan.Ask ask : waiting) {
            granted += ask.slot() != null ? 1 : 0;
        }
        for (ModelLoan.Ask ask : undelivered) {
            granted += ask.slot() != null ? 1 : 0;
        }
        return lent.size() + returning.size() + granted;
    }

    int held(Share share) {
        int held = 0;
        for (ModelLoan loan : lent) {
            held += loan.share == share ? 1 : 0;
        }
        for (ModelLoan loan : returning) {
            held += loan.share == share ? 1 : 0;
        }
        for (ModelLoan.Ask ask : waiting) {
            held += ask.share == share && ask.slot() != null ? 1 : 0;
        }
        return held;
    }

    // Having.

    /** Runs a statement of the loan's, during which something else may happen. */
    boolean use(ModelLoan loan, Runnable meanwhile) {
        boolean[] called = new boolean[1];
        try {
            if (loan.statement == null) {
                loan.statement = loan.connection.createStatement();
            }
            loan.inside++;
            called[0] = driver.during(meanwhile, () -> execute(loan));
            loan.inside--;
        } catch (SQLException e) {
            loan.fatal |= slots.isFatal(e);
        }
        return called[0];
    }

    private void execute(ModelLoan loan) {
        loan.activeAt = clock.now();
        try {
            loan.statement.execute("insert");
        } catch (ConnectionClosedException e) {
            assertThat(lent).as("I2: closed under its borrower").doesNotContain(loan);
        } catch (SQLException e) {
            loan.fatal |= slots.isFatal(e);
            loan.demoted |= slots.isDemotion(e);
        }
        loan.activeAt = clock.now();
    }

    void soil(ModelLoan loan) {
        try {
            loan.connection.setReadOnly(true);
            loan.connection.setSchema("other");
            loan.connection.setAutoCommit(false);
        } catch (SQLException e) {
            loan.fatal |= slots.isFatal(e);
        }
        use(loan, null);
    }

    /** A server that was demoted refuses to write. */
    void demote(ModelLoan loan) {
        driver.database.faults.put("execute", FakeDatabase.failing("25006"));
        use(loan, null);
        driver.database.faults.remove("execute");
        assertThat(loan.fatal || loan.session.closed || !shape.primaryRequired())
                .isTrue();
    }

    /**
     * Ends a loan.
     *
     * @param condemned why its connection must not be lent again, null if it may
     */
    void end(ModelLoan loan, String condemned, Consumer<PooledConnection> how) {
        if (shape.longLoans()) {
            move(Duration.ofMillis(1));
        }
        lent.remove(loan);
        returning.add(loan);
        if (!loan.demoted && loan.fatal) {
            driver.suspectAll();
        } else if (loan.demoted && !loan.connection.slot().isOrdered(Slot.RETIRE)) {
            driver.condemnAll("their server was demoted");
        }
        String why = loan.fatal ? "its borrower saw it broken" : loan.inside > 0 ? "it was in use" : condemned;
        if (why != null) {
            driver.condemn(loan.session, why);
        }
        try {
            how.accept(loan.connection);
        } catch (RuntimeException e) {
            throw new AssertionError("I6: a return threw", e);
        }
        returning.remove(loan);
        driver.known(loan.session).provenAt = clock.now();
        hasEnded(loan);
        assertThat(loan.session.commits).as("I6: commits on return").hasValue(0);
        collect();
    }

    private void hasEnded(ModelLoan loan) {
        assertThat(loan.connection.isOver()).as("I2: a loan that has ended").isTrue();
        lent.remove(loan);
        ended.add(loan);
        if (ended.size() > STALE_KEPT) {
            ended.remove(0);
        }
    }

    /** What has ended can be used by nobody, and nobody's connection is touched by the attempt. */
    void useAfterReturn(ModelLoan loan) {
        int calls = driver.calls();

        assertThatThrownBy(loan.connection::createStatement)
                .as("I2: use after return")
                .isInstanceOfSatisfying(
                        ConnectionClosedException.class,
                        e -> assertThat(e.getSQLState()).isEqualTo("08003"));
        if (loan.statement != null) {
            assertThatThrownBy(() -> loan.statement.execute("update"))
                    .as("I2: statement after return")
                    .isInstanceOfSatisfying(
                            ConnectionClosedException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("08003"));
        }
        assertThat(driver.calls()).as("I2: driver calls after return").isEqualTo(calls);
    }

    /** Does something on a thread of its own, and waits for it. */
    static void elsewhere(Runnable action) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(action, "model");
        thread.setUncaughtExceptionHandler((self, e) -> failure.set(e));
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (failure.get() != null) {
            throw new AssertionError("on another thread: " + failure.get().getMessage(), failure.get());
        }
    }

    // Time, and the host.

    void housekeep() {
        outage.tick();
        List<FakeDatabase.Session> out = new ArrayList<>();
        for (Slot slot : slots.all()) {
            if (slot.state() == Slot.LENT) {
                out.add(FakeDatabase.session(slot));
            }
        }
        driver.tick(out, MAX_LIFETIME_NANOS);
        List<ModelLoan> taken = dueForReclaim();
        for (ModelLoan loan : lent) {
            if (!loan.reported && clock.now() - loan.lentAt >= LEAK_NANOS) {
                loan.reported = true;
                leaks++;
            }
        }
        taken.forEach(loan -> driver.condemn(loan.session, "it was taken away"));
        if (suspended && clock.now() - suspendedUntil >= 0) {
            suspended = false;
        }

        slots.maintenance().housekeep();

        reclaimed += taken.size();
        taken.forEach(this::hasEnded);
        collect();
    }

    private List<ModelLoan> dueForReclaim() {
        List<ModelLoan> due = new ArrayList<>();
        for (ModelLoan loan : lent) {
            if (!shape.reclaiming() || clock.now() - loan.activeAt < RECLAIM_AFTER.toNanos()) {
                continue;
            }
            if (loan.doubtedAt < loan.activeAt) {
                loan.doubtedAt = clock.now();
            } else if (clock.now() - loan.doubtedAt >= RECLAIM_GRACE.toNanos()) {
                due.add(loan);
            }
        }
        return due;
    }

    void suspend(Duration atMost) {
        slots.control().suspend(atMost.toNanos());
        suspended = true;
        suspendedUntil = clock.now() + atMost.toNanos();
    }

    void resume() {
        suspended = false;
        slots.control().resume();
    }

    void evict() {
        driver.condemnAll("evicted");
        slots.control().evict();
    }

    void rotate() {
        driver.rotate();
        evict();
    }

    void resize(int size) {
        maxSize = size;
        slots.control().resize(size);
    }

    void shut() {
        shut = true;
        driver.condemnAll("the pool was closed");
        slots.control().shut();
        collect();
        assertThat(waiting).as("I8: still waiting in a closed pool").isEmpty();
    }

    void shutByForce() {
        shut();
        shutByForce = true;
        slots.control().cancelAll();
        slots.control().revokeAll();
        List.copyOf(lent).forEach(this::hasEnded);
    }

    boolean isAtRest() {
        return tasks.isEmpty() && running == 0 && returning.isEmpty();
    }

    /** Returns the futures that may still be cancelled. */
    List<ModelLoan.Ask> futures() {
        List<ModelLoan.Ask> futures = new ArrayList<>(waiting);
        futures.addAll(undelivered);
        futures.removeIf(ask -> ask.future == null || ask.future.isDone());
        return futures;
    }
}
