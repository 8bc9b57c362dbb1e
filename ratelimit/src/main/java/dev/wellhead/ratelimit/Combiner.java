package dev.wellhead.ratelimit;

import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.Reminders;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Lets calls to one limit share trips. Who comes while nobody is under way goes at once, alone; who comes meanwhile waits,
 * and all who wait go together when the trip is back, as far as they know the same numbers of the limit. Thread-safe,
 * never blocks.
 */
final class Combiner {
    /*
     * A lane for each limit that calls are under way to: no more lanes than calls. Each change of a lane is one `compute`
     * of its entry, so the map's own locks guard it, and the lane ends with its last call.
     *
     * A trip that takes long is not waited for, or calls would fail that alone would have succeeded: the next leaves when
     * the last has been under way for an eighth of the budget. So one who waits keeps most of his budget, and no more than
     * eight trips are under way at once. The one who begins a queue asks to be reminded of that, since nobody else may
     * come; so does a trip that leaves some of a queue behind.
     */
    private static final int MOST_CALLERS = 256;
    private static final int TRIPS_IN_A_BUDGET = 8;

    private final ConcurrentHashMap<String, Lane> lanes = new ConcurrentHashMap<>();
    private final Ticker ticker;
    private final long patienceNanos;
    private final Carrier carrier;
    private final Reminders<String> reminders;

    /** Takes callers to Redis. */
    @FunctionalInterface
    interface Carrier {
        /**
         * Decides on calls, in their order; must not block. Calls {@link Combiner#arrived} when the answer is there.
         *
         * @param callers at least one
         */
        void carry(String id, List<Caller> callers);
    }

    private static final class Lane {
        int underWay;
        long departedAt;
        final Deque<Caller> queue = new ArrayDeque<>();
    }

    Combiner(Ticker ticker, long budgetNanos, Carrier carrier) {
        this.ticker = ticker;
        this.patienceNanos = budgetNanos / TRIPS_IN_A_BUDGET;
        this.carrier = carrier;
        this.reminders = new Reminders<>(patienceNanos, id -> depart(id, lane -> {}));
    }

    /** Takes the caller along with the next trip, which may leave at once. */
    void join(String id, Caller caller) {
        boolean[] first = new boolean[1];
        List<Caller> departing = change(id, lane -> {
            first[0] = lane.queue.isEmpty();
            lane.queue.addLast(caller);
        });
        if (departing.isEmpty()) {
            if (first[0]) {
                reminders.add(id);
            }
        } else {
            carrier.carry(id, departing);
        }
    }

    /**
     * A trip is back.
     *
     * @param again those it brought back undecided: they go first, in this order
     */
    void arrived(String id, List<Caller> again) {
        depart(id, lane -> {
            lane.underWay--;
            for (int i = again.size() - 1; i >= 0; i--) {
                lane.queue.addFirst(again.get(i));
            }
        });
    }

    private void depart(String id, Consumer<Lane> change) {
        List<Caller> departing = change(id, change);
        if (!departing.isEmpty()) {
            carrier.carry(id, departing);
        }
    }

    /** Returns how many limits calls are under way to. */
    int lanes() {
        return lanes.size();
    }

    /** Changes the lane and returns who leaves now. */
    private List<Caller> change(String id, Consumer<Lane> change) {
        List<Caller> departing = new ArrayList<>();
        lanes.compute(id, (key, found) -> {
            Lane lane = found == null ? new Lane() : found;
            change.accept(lane);
            fill(id, departing, lane);
            return lane.underWay == 0 && lane.queue.isEmpty() ? null : lane;
        });
        return departing;
    }

    private void fill(String id, List<Caller> departing, Lane lane) {
        long now = ticker.nanos();
        if (lane.underWay > 0 && now - lane.departedAt < patienceNanos) {
            return;
        }
        while (!lane.queue.isEmpty() && departing.size() < MOST_CALLERS) {
            // Those who know other numbers of the limit go by themselves, in their turn.
            if (!departing.isEmpty() && !departing.get(0).hasNumbersOf(lane.queue.getFirst())) {
                break;
            }
            Caller caller = lane.queue.removeFirst();
            // Who has given up must not be charged.
            if (!caller.isClaimed()) {
                departing.add(caller);
            }
        }
        if (!departing.isEmpty()) {
            lane.underWay++;
            lane.departedAt = now;
            if (!lane.queue.isEmpty()) {
                reminders.add(id);
            }
        }
    }
}
