package dev.wellhead.pool;

import static dev.wellhead.pool.CrossingRig.require;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Borrowers meet each other and what the pool does of itself or for its host, at the same moment. */
abstract class SlotsCrossingContract {
    private final Crossing crossing;

    SlotsCrossingContract(Crossing crossing) {
        this.crossing = crossing;
    }

    @Test
    void whoAsksWhileAUsedConnectionComesBackGetsIt() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            held.slot().soil(SessionState.USED);

            crossing.together(() -> rig.giveBack(held), rig::acquire);

            rig.checkAtRest();
        });
    }

    @Test
    void connectionHandedOnWhileThePoolClosesIsClosed() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            Waiter waiter = rig.enqueue();

            crossing.together(() -> rig.giveBack(held), rig.slots.control()::shut);

            require(waiter.isSettled(), "released by the close");
            rig.checkAtRest();
        });
    }

    @Test
    void connectionTakenWhileThePoolClosesIsClosedWhenItComesBack() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1);
            rig.giveBack(rig.borrow(1).get(0));

            crossing.together(
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
    void oneSignalWhileOthersMayOvertakeStrandsNobody() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(2);
            rig.makeBarging();
            List<PooledConnection> held = rig.borrow(2);

            crossing.together(
                    () -> rig.giveBack(held.get(0)), () -> rig.giveBack(held.get(1)), rig::acquire, rig::acquire);

            rig.checkAfterTick();
        });
    }

    @Test
    void leakTakenAwayWhileItIsGivenBackEndsOnce() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1, Duration.ofMillis(500).toNanos());
            PooledConnection held = rig.borrow(1).get(0);
            rig.ticker.advance(Duration.ofSeconds(1));
            // The tick that the housekeeper makes while anything is lent, so that new loans are told from old ones.
            rig.slots.reports().stats();

            crossing.together(() -> rig.giveBack(held), rig.slots.maintenance()::housekeep, rig::acquire);

            rig.checkAtRest();
            require(rig.opened.get() - rig.open.get() <= 1, "discarded once");
        });
    }

    @Test
    void connectionTakenByForceWhileItIsGivenBackIsClosed() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            held.slot().soil(SessionState.USED);

            crossing.together(() -> rig.giveBack(held), () -> {
                rig.slots.control().shut();
                rig.slots.control().revokeAll();
            });

            rig.checkAtRest();
        });
    }

    @Test
    void evictedConnectionIsClosedWhoeverTookIt() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection first = rig.borrow(1).get(0);
            StillConnection old = StillConnection.of(first);
            rig.giveBack(first);

            crossing.together(
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
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            StillConnection old = StillConnection.of(held);

            crossing.together(() -> rig.giveBack(held), rig.slots.control()::evict);

            rig.work();
            require(old.closed, "closed");
            rig.checkAtRest();
        });
    }

    @Test
    void poolMadeSmallerKeepsItsBoundWhoeverBorrows() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(2);
            rig.borrow(2).forEach(rig::giveBack);

            crossing.together(
                    () -> {
                        PooledConnection got = rig.acquire();
                        if (got != null) {
                            rig.giveBack(got);
                        }
                    },
                    () -> rig.slots.control().resize(1));

            rig.work();
            require(rig.slots.size() <= 1, "no more than the new bound");
            rig.checkAtRest();
        });
    }

    @Test
    void poolMadeSmallerClosesWhatComesBackAtThatMoment() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(2);
            List<PooledConnection> held = rig.borrow(2);

            crossing.together(
                    () -> held.forEach(rig::giveBack), () -> rig.slots.control().resize(1));

            rig.work();
            require(rig.slots.size() <= 1, "no more than the new bound");
            rig.checkAtRest();
        });
    }

    @Test
    void connectionUnderSuspicionIsProvedBeforeItIsLent() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(2);
            List<PooledConnection> held = rig.borrow(2);
            PooledConnection broken = held.get(0);
            StillConnection other = StillConnection.of(held.get(1));
            rig.giveBack(held.get(1));
            other.dead = true;
            broken.slot().condemn("link lost");
            AtomicBoolean known = new AtomicBoolean();

            crossing.together(
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
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(2);
            PooledConnection held = rig.borrow(1).get(0);
            rig.drop(held);

            crossing.together(() -> CrossingRig.close(held), () -> CrossingRig.close(held), rig::acquire);

            rig.checkAtRest();
        });
    }

    @Test
    void usedConnectionClosedByTwoThreadsComesBackOnce() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(2);
            PooledConnection held = rig.borrow(1).get(0);
            held.slot().soil(SessionState.USED);
            rig.drop(held);

            crossing.together(() -> CrossingRig.close(held), () -> CrossingRig.close(held), rig::acquire);

            rig.checkAtRest();
        });
    }

    @Test
    void lateUserOfAConnectionNeverMeetsTheNextBorrower() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            StillConnection session = StillConnection.of(held);
            rig.drop(held);

            crossing.together(
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
