package dev.wellhead.pool;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/**
 * What may happen to a pool, with how often it is tried beside the others. Those that find nothing to act on do nothing
 * and do not count.
 */
enum ModelAction {
    BORROW(38),
    BORROW_SHARED(34),
    BORROW_AT_ONCE_OR_NOT(10),
    BORROW_BY_FUTURE(14),
    CANCEL_FUTURE(36),
    TIME_OUT(15),
    INTERRUPT(15),
    GIVE_BACK(23),
    GIVE_BACK_TWICE(23),
    GIVE_BACK_ON_ANOTHER_THREAD(23),
    GIVE_BACK_DIRTY(23),
    GIVE_BACK_UNROLLABLE(23),
    GIVE_BACK_TO_A_BROKEN_DRIVER(23),
    GIVE_BACK_OCCUPIED(23),
    /** Other steps happen while the driver rolls back. */
    GIVE_BACK_SLOWLY(23),
    ABORT(23),
    USE(24),
    /** Other steps happen while the statement runs. */
    USE_SLOWLY(25),
    USE_AFTER_RETURN(8),
    RETURN_AGAIN_LATE_ON_ANOTHER_THREAD(8),
    KILL_ONE(9),
    KILL_ALL(9),
    DEMOTE(24),
    DATABASE_DOWN(5),
    DATABASE_UP(76),
    RUN_TASK(45),
    /** Other steps happen while the driver connects, validates or closes; also more of them than there is time for. */
    RUN_TASK_SLOWLY(30),
    RUN_ALL_TASKS(80),
    ADVANCE(7),
    LEAP(5),
    STEP_BACK(5),
    HOUSEKEEP(14),
    RECLAIM(62),
    GROW(6),
    SHRINK(8),
    SUSPEND(5),
    RESUME(85),
    EVICT(8),
    ROTATE(5),
    SHUT(5),
    SHUT_BY_FORCE(5),
    OPEN_ANOTHER_POOL(180);

    private final int weight;

    ModelAction(int weight) {
        this.weight = weight;
    }

    static Arbitrary<ModelAction> any() {
        return Arbitraries.frequency(Arrays.stream(values())
                .map(action -> Tuple.of(action.weight, action))
                .toList());
    }
}
