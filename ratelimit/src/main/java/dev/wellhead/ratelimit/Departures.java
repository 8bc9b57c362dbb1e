package dev.wellhead.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Lets calls to different limits share trips. While few trips are under way a group leaves at once, alone; else it waits, and
 * all that wait leave together when one is back. Most of what a trip costs, here and in Redis, is the same for one limit and
 * for many. Groups leave in the order in which they came. Thread-safe, never blocks.
 */
final class Departures {
    /*
     * As with the lanes of the Combiner, a trip that takes long is not waited for: if none has left for an eighth of the
     * budget, one more does. One alarm at most is set for that.
     */
    private static final int TRIPS_IN_A_BUDGET = 8;

    private final int mostUnderWay;
    private final int mostGroups;
    private final long patienceNanos;
    private final Consumer<List<Group>> trip;
    private final Queue<Group> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong left = new AtomicLong();
    private final AtomicBoolean alarmed = new AtomicBoolean();

    /** Callers of one limit, who know the same numbers of it. */
    record Group(String id, List<Caller> callers) {}

    /**
     * @param mostUnderWay how many trips may be under way, but for those that take long
     * @param mostGroups how many groups may share a trip
     * @param trip takes at least one group; must not block, and whoever ends it calls {@link #arrived}
     */
    Departures(int mostUnderWay, int mostGroups, long budgetNanos, Consumer<List<Group>> trip) {
        this.mostUnderWay = mostUnderWay;
        this.mostGroups = mostGroups;
        this.patienceNanos = budgetNanos / TRIPS_IN_A_BUDGET;
        this.trip = trip;
    }

    /** Takes the group along with the next trip, which may leave at once. */
    void add(Group group) {
        waiting.add(group);
        depart();
        if (!waiting.isEmpty()) {
            watch();
        }
    }

    /** A trip is back. */
    void arrived() {
        underWay.decrementAndGet();
        depart();
    }

    // Whoever leaves a group behind sees all trips under way, each of which looks again when it is back.
    private void depart() {
        while (!waiting.isEmpty() && mayLeave()) {
            leave();
        }
    }

    private boolean mayLeave() {
        int now = underWay.get();
        while (now < mostUnderWay) {
            if (underWay.compareAndSet(now, now + 1)) {
                return true;
            }
            now = underWay.get();
        }
        return false;
    }

    private void leave() {
        List<Group> groups = new ArrayList<>();
        while (groups.size() < mostGroups) {
            Group group = waiting.poll();
            if (group == null) {
                break;
            }
            groups.add(group);
        }
        if (groups.isEmpty()) {
            underWay.decrementAndGet();
        } else {
            left.incrementAndGet();
            trip.accept(groups);
        }
    }

    private void watch() {
        if (!alarmed.compareAndSet(false, true)) {
            return;
        }
        long before = left.get();
        CompletableFuture.delayedExecutor(patienceNanos, TimeUnit.NANOSECONDS, Runnable::run)
                .execute(() -> {
                    alarmed.set(false);
                    if (!waiting.isEmpty() && left.get() == before) {
                        underWay.incrementAndGet();
                        leave();
                    }
                    if (!waiting.isEmpty()) {
                        watch();
                    }
                });
    }
}
