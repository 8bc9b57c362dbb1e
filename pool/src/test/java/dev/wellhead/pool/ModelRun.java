package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Plays a plan, and checks the invariants after every step. */
final class ModelRun {
    private static final int DEEPEST = 2;
    private static final int LARGEST = 5;
    private static final int ROUNDS = 12;

    private final ModelPlan.Shape shape;
    private final Iterator<ModelPlan.Step> steps;
    private final Consumer<ModelAction> executed;
    private ModelPool pool;
    private ModelInvariants invariants;
    private int depth;

    private ModelRun(ModelPlan plan, Consumer<ModelAction> executed) {
        this.shape = plan.shape();
        this.steps = plan.steps().iterator();
        this.executed = executed;
        open();
    }

    /**
     * Plays the plan to its end, and brings the pool home.
     *
     * @param executed hears of each action that had something to act on
     * @throws AssertionError if an invariant does not hold
     */
    static void of(ModelPlan plan, Consumer<ModelAction> executed) {
        ModelRun run = new ModelRun(plan, executed);
        while (run.steps.hasNext()) {
            run.step();
        }
        run.windUp();
    }

    private void open() {
        pool = new ModelPool(shape);
        invariants = new ModelInvariants(pool);
    }

    private void step() {
        ModelPlan.Step step = steps.next();
        if (play(step.action(), step.choice())) {
            executed.accept(step.action());
        }
        pool.collect();
        invariants.check();
    }

    /** Returns whether there was anything to act on. */
    private boolean play(ModelAction action, int choice) {
        return switch (action) {
            case BORROW -> always(() -> pool.borrow(null));
            case BORROW_SHARED -> withAny(pool.shares, choice, pool::borrow);
            case BORROW_AT_ONCE_OR_NOT -> always(pool::borrowAtOnceOrNot);
            case BORROW_BY_FUTURE -> always(pool::borrowByFuture);
            case CANCEL_FUTURE -> withAny(pool.futures(), choice, pool::cancel);
            case TIME_OUT -> withAny(pool.waiting, choice, pool::timeOut);
            case INTERRUPT -> withAny(threads(), choice, pool::interrupt);
            case GIVE_BACK,
                    GIVE_BACK_TWICE,
                    GIVE_BACK_ON_ANOTHER_THREAD,
                    GIVE_BACK_DIRTY,
                    GIVE_BACK_UNROLLABLE,
                    GIVE_BACK_TO_A_BROKEN_DRIVER,
                    GIVE_BACK_OCCUPIED,
                    GIVE_BACK_SLOWLY,
                    ABORT -> withAny(pool.lent, choice, loan -> giveBack(action, loan, choice));
            case USE -> withAny(pool.lent, choice, loan -> pool.use(loan, null));
            case USE_SLOWLY -> withAny(pool.lent, choice, loan -> pool.use(loan, meanwhile(choice)));
            case KEEP_BUSY -> withAny(pool.lent, choice, this::keepBusy);
            case USE_AFTER_RETURN -> withAny(pool.ended, choice, pool::useAfterReturn);
            case RETURN_AGAIN_LATE_ON_ANOTHER_THREAD ->
                withAny(pool.ended, choice, loan -> ModelPool.elsewhere(loan.connection::close));
            case KILL_ONE -> withAny(living(), choice, session -> session.kill("57P01"));
            case KILL_ALL -> withAny(living(), choice, session -> living().forEach(each -> each.kill("08006")));
            case DEMOTE -> withAny(pool.lent, choice, pool::demote);
            case DATABASE_DOWN -> when(!pool.driver.isDown(), () -> pool.driver.setDown(true));
            case DATABASE_UP -> when(pool.driver.isDown(), () -> pool.driver.setDown(false));
            case RUN_TASK -> withAny(pool.tasks, choice, pool::run);
            case RUN_TASK_SLOWLY -> runSlowly(choice);
            case RUN_ALL_TASKS -> when(!pool.tasks.isEmpty(), pool::runAll);
            case ADVANCE -> always(() -> pool.move(Duration.ofMillis(choice)));
            // Often by less than the pool has patience for, at times by more than anything may last.
            case LEAP -> always(() -> pool.move(Duration.ofSeconds(choice % 3 == 0 ? 6L * choice : choice % 45)));
            case STEP_BACK -> always(() -> pool.move(Duration.ofSeconds(-choice)));
            case HOUSEKEEP -> always(this::housekeep);
            case RECLAIM -> reclaim();
            case GROW ->
                when(pool.maxSize < LARGEST, () -> pool.resize(pool.maxSize + 1 + choice % (LARGEST - pool.maxSize)));
            case SHRINK -> shrink(choice);
            case SUSPEND ->
                when(!pool.suspended && !pool.shut, () -> pool.suspend(Duration.ofMillis(1 + 10L * choice)));
            case RESUME -> when(pool.suspended, pool::resume);
            case EVICT -> when(!pool.driver.open().isEmpty(), pool::evict);
            case ROTATE -> always(pool::rotate);
            case SHUT -> when(!pool.shut, pool::shut);
            case SHUT_BY_FORCE -> when(!pool.shut, pool::shutByForce);
            case OPEN_ANOTHER_POOL ->
                when(pool.shut && depth == 0, () -> {
                    windUp();
                    open();
                });
        };
    }

    private static boolean always(Runnable action) {
        action.run();
        return true;
    }

    private static boolean when(boolean possible, Runnable action) {
        if (possible) {
            action.run();
        }
        return possible;
    }

    private static <T> boolean withAny(List<T> all, int choice, Consumer<T> action) {
        if (all.isEmpty()) {
            return false;
        }
        action.accept(all.get(choice % all.size()));
        return true;
    }

    private List<ModelLoan.Ask> threads() {
        return pool.waiting.stream().filter(ask -> ask.future == null).toList();
    }

    private List<FakeDatabase.Session> living() {
        return pool.driver.open().stream().filter(session -> !session.dead).toList();
    }

    /** What else happens while the driver is busy: some of the steps that come next. */
    private Runnable meanwhile(int choice) {
        return () -> {
            if (depth == DEEPEST) {
                return;
            }
            depth++;
            for (int left = 1 + choice % 6; left > 0 && steps.hasNext(); left--) {
                step();
            }
            depth--;
        };
    }

    private void giveBack(ModelAction how, ModelLoan loan, int choice) {
        FakeDatabase database = pool.driver.database;
        switch (how) {
            case GIVE_BACK_TWICE ->
                pool.end(loan, null, connection -> {
                    connection.close();
                    connection.close();
                });
            case GIVE_BACK_ON_ANOTHER_THREAD ->
                pool.end(loan, null, connection -> ModelPool.elsewhere(connection::close));
            case GIVE_BACK_DIRTY -> {
                pool.soil(loan);
                pool.end(loan, null, PooledConnection::close);
            }
            case GIVE_BACK_UNROLLABLE -> {
                pool.soil(loan);
                database.faults.put("rollback", FakeDatabase.failing("XX000"));
                pool.end(loan, "it could not be rolled back", PooledConnection::close);
                database.faults.remove("rollback");
            }
            case GIVE_BACK_TO_A_BROKEN_DRIVER -> {
                pool.soil(loan);
                String method = List.of("rollback", "getAutoCommit", "setReadOnly", "clearWarnings")
                        .get(choice % 4);
                database.faults.put(method, () -> {
                    throw new IllegalStateException("driver bug");
                });
                pool.end(loan, "the driver failed", PooledConnection::close);
                database.faults.remove(method);
            }
            case GIVE_BACK_OCCUPIED -> pool.use(loan, () -> pool.end(loan, "it was in use", PooledConnection::close));
            case GIVE_BACK_SLOWLY -> {
                pool.soil(loan);
                pool.driver.during(meanwhile(choice), () -> pool.end(loan, null, PooledConnection::close));
            }
            case ABORT ->
                pool.end(loan, "it was aborted", connection -> {
                    try {
                        connection.abort(Runnable::run);
                    } catch (java.sql.SQLException e) {
                        throw new AssertionError(e);
                    }
                });
            default -> pool.end(loan, null, PooledConnection::close);
        }
    }

    private boolean runSlowly(int choice) {
        if (pool.tasks.isEmpty()) {
            return false;
        }
        Runnable task = pool.tasks.get(choice % pool.tasks.size());
        return pool.driver.during(meanwhile(choice), () -> pool.run(task));
    }

    private void housekeep() {
        pool.housekeep();
        invariants.checkAfterTick();
    }

    private boolean reclaim() {
        long before = pool.reclaimed;
        if (shape.reclaiming() && !pool.lent.isEmpty()) {
            pool.move(ModelPool.RECLAIM_AFTER);
            housekeep();
            pool.move(ModelPool.RECLAIM_GRACE);
            housekeep();
        }
        return pool.reclaimed > before;
    }

    /** A borrower who does something now and then is no leak, however long he has the connection. */
    private void keepBusy(ModelLoan loan) {
        for (int times = 0; times < 3 && pool.lent.contains(loan); times++) {
            pool.use(loan, null);
            pool.move(ModelPool.RECLAIM_AFTER.dividedBy(2));
            housekeep();
            pool.move(ModelPool.RECLAIM_GRACE);
            housekeep();
        }
    }

    private boolean shrink(int choice) {
        int smallest = Math.max(1, shape.minIdle());
        return when(pool.maxSize > smallest, () -> pool.resize(smallest + choice % (pool.maxSize - smallest)));
    }

    /** Everything comes home; then the pool must have its reserve, lend, and close. */
    private void windUp() {
        pool.driver.setDown(false);
        if (!pool.shut) {
            pool.resize(shape.maxSize());
            for (int round = 0; round < ROUNDS; round++) {
                comeHome();
                pool.move(Duration.ofSeconds(2));
                housekeep();
            }
            // Those found dead in the last round are replaced in time that stands still, in which nobody
            // else is doubted.
            for (int missing = shape.minIdle(); missing >= 0; missing--) {
                comeHome();
                housekeep();
            }
            comeHome();
            assertThat(pool.waiting).as("I4: waiting in the end").isEmpty();
            assertThat(pool.slots.reports().stats().size()).as("idle reserve").isGreaterThanOrEqualTo(shape.minIdle());
            pool.borrow(null);
            pool.runAll();
            pool.collect();
            assertThat(pool.lent).as("I4: lends again").hasSize(1);
            invariants.check();
            pool.shut();
        }
        comeHome();
        assertThat(pool.isAtRest() && pool.active() == 0 && pool.undelivered.isEmpty())
                .as("I4: all are home")
                .isTrue();
        assertThat(pool.driver.open()).as("I8: left open").isEmpty();
        pool.borrow(null);
        pool.borrowByFuture();
        comeHome();
        assertThat(pool.loans)
                .as("I8: lent by a closed pool")
                .isEqualTo(pool.slots.reports().stats().acquired());
    }

    private void comeHome() {
        pool.collect();
        pool.runAll();
        pool.collect();
        List.copyOf(pool.lent).forEach(loan -> pool.end(loan, null, PooledConnection::close));
        pool.runAll();
        pool.collect();
        invariants.check();
    }
}
