package dev.wellhead.pool;

import static dev.wellhead.pool.CrossingRig.require;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Who gives back meets who asks, waits or leaves, at the same moment. */
abstract class HandOffCrossingContract {
    private final Crossing crossing;

    HandOffCrossingContract(Crossing crossing) {
        this.crossing = crossing;
    }

    @Test
    void whoAsksWhileTheOnlyConnectionComesBackGetsIt() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);

            crossing.together(() -> rig.giveBack(held), rig::acquire);

            rig.checkAtRest();
        });
    }

    @Test
    void connectionHandedOnWhileTheWaiterGivesUpIsNotLost() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            Waiter waiter = rig.enqueue();

            crossing.together(() -> rig.giveBack(held), () -> rig.leave(waiter, Refusal.TIMEOUT));

            rig.checkAtRest();
        });
    }

    @Test
    void connectionHandedOnWhileTheFirstIsInterruptedReachesTheSecond() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1);
            PooledConnection held = rig.borrow(1).get(0);
            Waiter first = rig.enqueue();
            Waiter second = rig.enqueue();

            crossing.together(() -> rig.giveBack(held), () -> rig.leave(first, Refusal.INTERRUPTED));

            require((first.granted() == null) == second.isSettled(), "handed to the one who is there");
            rig.checkAtRest();
        });
    }

    @Test
    void twoWhoGiveBackServeTwoWhoAsk() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(2);
            List<PooledConnection> held = rig.borrow(2);

            crossing.together(
                    () -> rig.giveBack(held.get(0)), () -> rig.giveBack(held.get(1)), rig::acquire, rig::acquire);

            rig.checkAtRest();
        });
    }

    @Test
    void connectionOpenedForOneWhoLeftIsKept() {
        crossing.repeat(() -> {
            CrossingRig rig = new CrossingRig(1);
            Waiter waiter = rig.enqueue();

            crossing.together(rig::work, () -> rig.leave(waiter, Refusal.TIMEOUT));

            require(rig.slots.size() == 1, "kept");
            rig.checkAtRest();
            require(rig.opened.get() == 1, "opened once");
        });
    }
}
