package dev.wellhead.pool;

import java.util.Arrays;
import java.util.Collections;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/**
 * What may happen to a pool, with how often it is tried beside the others. Those that find nothing to act on do nothing
 * and do not count.
 */
enum ModelAction {
    BORROW(58),
    BORROW_SHARED(26),
    BORROW_AT_ONCE_OR_NOT(9),
    BORROW_BY_FUTURE(12),
    CANCEL_FUTURE(30),
    TIME_OUT(8),
    INTERRUPT(10),
    GIVE_BACK(13),
    GIVE_BACK_TWICE(13),
    GIVE_BACK_ON_ANOTHER_THREAD(12),
    GIVE_BACK_DIRTY(13),
    GIVE_BACK_UNROLLABLE(13),
    GIVE_BACK_TO_A_BROKEN_DRIVER(13),
    GIVE_BACK_OCCUPIED(13),
    /** Other steps happen while the driver rolls back. */
    GIVE_BACK_SLOWLY(13),
    ABORT(12),
    USE(13),
    /** Other steps happen while the statement runs. */
    USE_SLOWLY(12),
    /** Over more time than a loan may be idle. */
    KEEP_BUSY(13),
    USE_AFTER_RETURN(7),
    RETURN_AGAIN_LATE_ON_ANOTHER_THREAD(7),
    KILL_ONE(7),
    KILL_ALL(7),
    DEMOTE(12),
    DATABASE_DOWN(4),
    DATABASE_UP(84),
    RUN_TASK(22),
    /** Other steps happen while the driver connects, validates or closes; also more of them than there is time for. */
    RUN_TASK_SLOWLY(16),
    RUN_ALL_TASKS(54),
    ADVANCE(4),
    LEAP(4),
    STEP_BACK(4),
    HOUSEKEEP(7),
    RECLAIM(28),
    GROW(4),
    SHRINK(6),
    SUSPEND(4),
    RESUME(104),
    EVICT(6),
    ROTATE(4),
    SHUT(4),
    SHUT_BY_FORCE(4),
    OPEN_ANOTHER_POOL(100);

    private final int weight;

    ModelAction(int weight) {
        this.weight = weight;
    }

    /**
     * Draws by weight. The generator's numbers are mixed once more, since jqwik's shift register has been seen to favour a few
     * actions throughout a run of tens of thousands.
     */
    static Arbitrary<ModelAction> any() {
        ModelAction[] tickets = Arrays.stream(values())
                .flatMap(action -> Collections.nCopies(action.weight, action).stream())
                .toArray(ModelAction[]::new);
        return Arbitraries.randomValue(
                random -> tickets[new SplittableRandom(random.nextLong()).nextInt(tickets.length)]);
    }
}
