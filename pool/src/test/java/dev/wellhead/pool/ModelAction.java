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
    BORROW(14),
    BORROW_SHARED(8),
    BORROW_AT_ONCE_OR_NOT(5),
    BORROW_BY_FUTURE(8),
    CANCEL_FUTURE(8),
    TIME_OUT(6),
    INTERRUPT(6),
    GIVE_BACK(8),
    GIVE_BACK_TWICE(4),
    GIVE_BACK_ON_ANOTHER_THREAD(4),
    GIVE_BACK_DIRTY(4),
    GIVE_BACK_UNROLLABLE(4),
    GIVE_BACK_TO_A_BROKEN_DRIVER(4),
    GIVE_BACK_OCCUPIED(4),
    /** Other steps happen while the driver rolls back. */
    GIVE_BACK_SLOWLY(6),
    ABORT(4),
    USE(5),
    /** Other steps happen while the statement runs. */
    USE_SLOWLY(6),
    USE_AFTER_RETURN(4),
    RETURN_AGAIN_LATE_ON_ANOTHER_THREAD(4),
    KILL_ONE(4),
    KILL_ALL(3),
    DEMOTE(4),
    DATABASE_DOWN(5),
    DATABASE_UP(8),
    RUN_TASK(16),
    /** Other steps happen while the driver connects, validates or closes; also more of them than there is time for. */
    RUN_TASK_SLOWLY(10),
    RUN_ALL_TASKS(5),
    ADVANCE(6),
    LEAP(3),
    STEP_BACK(3),
    HOUSEKEEP(10),
    RECLAIM(14),
    GROW(5),
    SHRINK(6),
    SUSPEND(3),
    RESUME(9),
    EVICT(3),
    ROTATE(3),
    SHUT(2),
    SHUT_BY_FORCE(3),
    OPEN_ANOTHER_POOL(18);

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
