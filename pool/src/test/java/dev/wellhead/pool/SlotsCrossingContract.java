package dev.wellhead.pool;

import static dev.wellhead.pool.CrossingRig.require;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Two or more threads meet on the same books at the same moment. How they are made to meet is the leaf's matter. */
abstract class SlotsCrossingContract {
    /** Runs the scenario again and again, with its threads crossing in another way each time. */
    abstract void crossing(Runnable scenario);

    /** Runs the parts on a thread each and returns when all have ended; what one throws is thrown here. */
    abstract void together(Runnable... parts);

    @Test
    void whoAsksWhileTheOnlyConnectionComesBackGetsIt() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);

            together(() -> rig.giveBack(held), rig::acquire);

            rig.checkAtRest();
        });
    }

    @Test
    void whoAsksWhileAUsedConnectionComesBackGetsIt() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            held.slot().soil(SessionState.USED);

            together(() -> rig.giveBack(held), rig::acquire);

            rig.checkAtRest();
        });
    }

    @Test
    void connectionHandedOnWhileTheWaiterGivesUpIsNotLost() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            Waiter waiter = rig.enqueue();

            together(() -> rig.giveBack(held), () -> rig.leave(waiter, Refusal.TIMEOUT));

            rig.checkAtRest();
        });
    }

    @Test
    void connectionHandedOnWhileTheFirstIsInterruptedReachesTheSecond() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            Waiter first = rig.enqueue();
            Waiter second = rig.enqueue();

            together(() -> rig.giveBack(held), () -> rig.leave(first, Refusal.INTERRUPTED));

            require((first.granted() == null) == second.isSettled(), "handed to the one who is there");
            rig.checkAtRest();
        });
    }

    @Test
    void connectionHandedOnWhileThePoolClosesIsClosed() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            Waiter waiter = rig.enqueue();

            together(() -> rig.giveBack(held), rig.slots.control()::shut);

            require(waiter.isSettled(), "released by the close");
            rig.checkAtRest();
        });
    }

    @Test
    void connectionTakenWhileThePoolClosesIsClosedWhenItComesBack() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1);
            rig.giveBack(rig.borrow(1).get(0));

            together(
                    () -> {
                        PooledConnection got = rig.acquire();
                        if (got != null) {
                            rig.giveBack(got);
                        }
                    },
                    rig.slots.control()::shut);

            rig.checkAtRest();
        });
    }

    @Test
    void twoWhoGiveBackServeTwoWhoAsk() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(2);
            List<PooledConnection> held = rig.borrow(2);

            together(
                    () -> rig.giveBack(held.get(0)),
                    () -> rig.giveBack(held.get(1)),
                    rig::acquire,
                    rig::acquire);

            rig.checkAtRest();
        });
    }

    @Test
    void oneSignalWhileOthersMayOvertakeStrandsNobody() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(2);
            rig.makeBarging();
            List<PooledConnection> held = rig.borrow(2);

            together(
                    () -> rig.giveBack(held.get(0)),
                    () -> rig.giveBack(held.get(1)),
                    rig::acquire,
                    rig::acquire);

            rig.checkAfterTick();
        });
    }

    @Test
    void leakTakenAwayWhileItIsGivenBackEndsOnce() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1, 1);
            PooledConnection held = rig.borrow(1).get(0);
            rig.ticker.advance(Duration.ofSeconds(1));

            together(() -> rig.giveBack(held), rig.slots.maintenance()::housekeep, rig::acquire);

            rig.checkAtRest();
            PoolStats stats = rig.slots.reports().stats();
            require(stats.discarded() == stats.created(), "each discarded once");
        });
    }

    @Test
    void connectionTakenByForceWhileItIsGivenBackIsClosed() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            held.slot().soil(SessionState.USED);

            together(() -> rig.giveBack(held), () -> {
                rig.slots.control().shut();
                rig.slots.control().revokeAll();
            });

            rig.checkAtRest();
        });
    }

    @Test
    void evictedConnectionIsClosedWhoeverTookIt() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection first = rig.borrow(1).get(0);
            StillConnection old = StillConnection.of(first);
            rig.giveBack(first);

            together(
                    () -> {
                        PooledConnection got = rig.acquire();
                        if (got != null) {
                            require(!StillConnection.of(got).closed, "open while held");
                            rig.giveBack(got);
                        }
                    },
                    rig.slots.control()::evict);

            rig.checkAtRest();
            require(old.closed, "closed");
            require(rig.opened.get() > 1, "replaced");
        });
    }

    @Test
    void evictedConnectionIsNotLentAgainAfterItCameBack() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            StillConnection old = StillConnection.of(held);

            together(() -> rig.giveBack(held), rig.slots.control()::evict);

            rig.work();
            require(old.closed, "closed");
            rig.checkAtRest();
        });
    }

    @Test
    void connectionOpenedForOneWhoLeftIsKept() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1);
            Waiter waiter = rig.enqueue();

            together(rig::work, () -> rig.leave(waiter, Refusal.TIMEOUT));

            require(rig.slots.reports().stats().size() == 1, "kept");
            rig.checkAtRest();
            require(rig.opened.get() == 1, "opened once");
        });
    }

    @Test
    void poolMadeSmallerKeepsItsBoundWhoeverBorrows() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(2);
            rig.borrow(2).forEach(rig::giveBack);

            together(
                    () -> {
                        PooledConnection got = rig.acquire();
                        if (got != null) {
                            rig.giveBack(got);
                        }
                    },
                    () -> rig.slots.control().resize(1));

            rig.work();
            require(rig.slots.reports().stats().size() <= 1, "no more than the new bound");
            rig.checkAtRest();
        });
    }

    @Test
    void poolMadeSmallerClosesWhatComesBackAtThatMoment() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(2);
            List<PooledConnection> held = rig.borrow(2);

            together(() -> held.forEach(rig::giveBack), () -> rig.slots.control().resize(1));

            rig.work();
            require(rig.slots.reports().stats().size() <= 1, "no more than the new bound");
            rig.checkAtRest();
        });
    }

    @Test
    void connectionUnderSuspicionIsProvedBeforeItIsLent() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(2);
            List<PooledConnection> held = rig.borrow(2);
            PooledConnection broken = held.get(0);
            StillConnection other = StillConnection.of(held.get(1));
            rig.giveBack(held.get(1));
            other.dead = true;
            require(broken.tryEnter(), "open");
            broken.noted(new SQLException("link lost", "08006"));
            broken.exit();
            AtomicBoolean known = new AtomicBoolean();

            together(
                    () -> {
                        rig.giveBack(broken);
                        known.set(true);
                    },
                    () -> {
                        boolean before = known.get();
                        PooledConnection got = rig.acquire();
                        if (got != null) {
                            require(!before || !StillConnection.of(got).dead, "proved after another was found broken");
                            rig.giveBack(got);
                        }
                    });

            rig.checkAtRest();
            require(other.closed, "found dead");
        });
    }

    @Test
    void connectionClosedByTwoThreadsComesBackOnce() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(2);
            PooledConnection held = rig.borrow(1).get(0);
            rig.drop(held);

            together(() -> CrossingRig.close(held), () -> CrossingRig.close(held), rig::acquire);

            rig.checkAtRest();
        });
    }

    @Test
    void usedConnectionClosedByTwoThreadsComesBackOnce() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(2);
            PooledConnection held = rig.borrow(1).get(0);
            held.slot().soil(SessionState.USED);
            rig.drop(held);

            together(() -> CrossingRig.close(held), () -> CrossingRig.close(held), rig::acquire);

            rig.checkAtRest();
        });
    }

    @Test
    void lateUserOfAConnectionNeverMeetsTheNextBorrower() {
        crossing(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            StillConnection session = StillConnection.of(held);
            rig.drop(held);

            together(
                    () -> CrossingRig.close(held),
                    () -> {
                        if (held.tryEnter()) {
                            require(session.holders.get() == 0, "nobody else while one is in the driver");
                            held.exit();
                        }
                    },
                    rig::acquire);

            rig.checkAtRest();
        });
    }
}
