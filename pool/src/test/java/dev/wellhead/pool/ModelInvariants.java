package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;

/**
 * What is true of a pool after every step.
 *
 * <ul>
 *   <li>I1: open connections and attempts to open one are never more than {@code maxSize}; after it was made smaller, they
 *       only become fewer. The driver sees what the books say.
 *   <li>I2: a connection has one live borrower at most. What was given back does nothing, however often and from wherever
 *       it is used.
 *   <li>I3: nobody waits beside an idle connection that he may have, unless it is being validated, or others may overtake;
 *       then he waits until the next tick at most.
 *   <li>I4: everybody who asks is granted a connection or refused one, not both, not neither, for a reason that is true.
 *   <li>I5: in use is what somebody has; what the pool counts is what happened.
 *   <li>I6: who is lent a connection finds it as when it was new, open, with the present credentials, validated if there
 *       was doubt, and never again one that was condemned; condemned connections are closed.
 *   <li>I7: nobody who may be served is overtaken, unless loans are short.
 *   <li>I8: a closed pool lends nothing, nobody waits in it, and everything is closed when it is back.
 *   <li>I9: in an outage there is one attempt at a time with a pause after each, and there is one.
 *   <li>I10: an interrupt keeps its flag.
 *   <li>I11: no lock or monitor of the pool's is held across a call to the driver.
 * </ul>
 *
 * <p>I7, I9, I10 and I11 are checked where they can be broken, in {@link ModelPool}, {@link ModelOutage} and {@link
 * ModelDriver}; so are I4 and I6 at the moment of a grant.
 */
final class ModelInvariants {
    private final ModelPool pool;
    private int bound;

    ModelInvariants(ModelPool pool) {
        this.pool = pool;
        this.bound = pool.maxSize;
    }

    void check() {
        PoolStats stats = pool.slots.reports().stats();
        checkBound(stats);
        checkBorrowers(stats);
        checkWaiters(stats);
        checkTotals(stats);
        if (pool.isAtRest()) {
            checkAtRest(stats);
        }
    }

    private void checkBound(PoolStats stats) {
        int taken = stats.size() + stats.connecting();
        FakeDatabase database = pool.driver.database;
        bound = Math.max(bound, pool.maxSize);
        assertThat(taken).as("I1: places taken").isLessThanOrEqualTo(bound);
        bound = Math.max(pool.maxSize, taken);
        assertThat(database.open.get()).as("I1: open at the driver").isLessThanOrEqualTo(stats.size());
        assertThat(database.connecting.get())
                .as("I1: connecting at the driver")
                .isLessThanOrEqualTo(stats.connecting());
    }

    private void checkBorrowers(PoolStats stats) {
        Set<FakeDatabase.Session> sessions = new HashSet<>();
        for (ModelLoan loan : pool.lent) {
            assertThat(sessions.add(loan.session)).as("I2: one borrower").isTrue();
            assertThat(loan.connection.isOver())
                    .as("I2: taken from its borrower")
                    .isFalse();
        }
        for (ModelLoan loan : pool.ended) {
            assertThat(loan.connection.isOver())
                    .as("I2: alive after its return")
                    .isTrue();
        }
        assertThat(stats.active()).as("I5: in use").isEqualTo(pool.active());
        for (Share share : pool.shares) {
            assertThat(share.lent).as("I5: in use by share %s", share.name).isEqualTo(pool.held(share));
        }
        long[] ages = pool.lent.stream()
                .mapToLong(loan -> loan.lentAt - pool.clock.now())
                .sorted()
                .toArray();
        assertThat(pool.slots.reports().borrowed().stream()
                        .mapToLong(seen -> -seen.age().toNanos())
                        .sorted()
                        .toArray())
                .as("I5: ages of the loans")
                .isEqualTo(ages);
    }

    private void checkWaiters(PoolStats stats) {
        assertThat(stats.waiting())
                .as("I4: waiting")
                .isEqualTo(pool.waiting.size())
                .isLessThanOrEqualTo(pool.shape.maxWaiters());
        if (pool.shape.longLoans()) {
            checkNobodyIsLeft(stats);
        }
        if (pool.outage.isKnownDown() && stats.size() == 0) {
            assertThat(pool.waiting)
                    .as("I4: waiting though the database is down")
                    .isEmpty();
        }
    }

    /** Checks I3, of a pool in which nobody may overtake, or after a tick. */
    void checkNobodyIsLeft(PoolStats stats) {
        if (someoneMayBeServed() && stats.idle() > 0) {
            assertThat(pool.isAtRest())
                    .as("I3: waiting beside an idle connection")
                    .isFalse();
        }
    }

    private boolean someoneMayBeServed() {
        return !pool.suspended && pool.waiting.stream().anyMatch(pool::isEligible);
    }

    private void checkTotals(PoolStats stats) {
        assertThat(stats.acquired()).as("I5: loans").isEqualTo(pool.loans);
        assertThat(stats.timeouts()).as("I5: timeouts").isEqualTo(pool.timeouts);
        assertThat(stats.rejected()).as("I5: rejected").isEqualTo(pool.rejected);
        assertThat(stats.connectFailures()).as("I5: failed attempts").isEqualTo(pool.outage.allFailures());
        assertThat(stats.leaksReported()).as("I5: leaks").isEqualTo(pool.leaks);
        assertThat(stats.reclaimed()).as("I5: reclaimed").isEqualTo(pool.reclaimed);
    }

    private void checkAtRest(PoolStats stats) {
        FakeDatabase database = pool.driver.database;
        assertThat(stats.connecting()).as("I1: attempts that nobody makes").isZero();
        assertThat(stats.created() - stats.discarded()).as("I5: what is left").isEqualTo(stats.size());
        if (!pool.shutByForce) {
            assertThat(database.open.get()).as("I1: books and driver").isEqualTo(stats.size());
        }
        if (stats.size() > pool.maxSize) {
            assertThat(stats.idle()).as("I1: idle though there are too many").isZero();
        }
        for (FakeDatabase.Session session : pool.driver.open()) {
            if (pool.driver.known(session).condemned != null) {
                assertThat(pool.lent.stream().anyMatch(loan -> loan.session == session)
                                || pool.undelivered.stream().anyMatch(ask -> isOf(ask, session)))
                        .as("I6: left open although %s", pool.driver.known(session).condemned)
                        .isTrue();
            }
        }
        if (pool.active() == 0 && pool.shape.longLoans() && someoneMayBeServed()) {
            assertThat(pool.outage.isFailing()).as("I4: waiting for nothing").isTrue();
        }
        if (pool.shut && pool.active() == 0) {
            assertThat(database.open.get()).as("I8: left open").isZero();
            assertThat(stats.size()).as("I8: places taken").isZero();
        }
    }

    private static boolean isOf(ModelLoan.Ask ask, FakeDatabase.Session session) {
        return ask.slot() != null && FakeDatabase.session(ask.slot()) == session;
    }

    /** Checks what a tick must have brought about. */
    void checkAfterTick() {
        PoolStats stats = pool.slots.reports().stats();
        checkNobodyIsLeft(stats);
        if (!pool.shut && pool.outage.isNextAttemptDue() && stats.size() + stats.connecting() < pool.maxSize) {
            assertThat(pool.outage.inTime()).as("I9: attempts under way").isPositive();
        }
    }
}
