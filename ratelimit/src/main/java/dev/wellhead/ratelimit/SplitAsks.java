package dev.wellhead.ratelimit;

import dev.wellhead.core.Ticker;
import dev.wellhead.ratelimit.Ask.Charge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides on asks whose keys lie in several slots of a cluster: slot by slot, in the order of the slots, and what was taken
 * is given back when a later one denies. So no limit is ever exceeded; but another call may be denied for what is given back a
 * moment later. Thread-safe.
 */
final class SplitAsks {
    // Deadlines are of the caller's own, real time.
    private static final Ticker TICKER = Ticker.system();

    private final Route route;
    private final AskTrips trips;
    private final Refunds refunds;

    SplitAsks(Route route, AskTrips trips, Refunds refunds) {
        this.route = route;
        this.trips = trips;
        this.refunds = refunds;
    }

    /**
     * Returns what can be asked in one trip each; the ask itself if all of it can.
     *
     * @throws IllegalArgumentException if it cannot and must be
     */
    List<Ask> parts(Ask ask) {
        List<List<Charge>> bySlot = route.bySlot(ask.charges(), charge -> charge);
        if (bySlot.size() == 1) {
            return List.of(ask);
        }
        if (ask.isAtomicOnly()) {
            throw new IllegalArgumentException(ask + " must be atomic, and its keys lie in " + bySlot.size()
                    + " slots of the cluster; ask for one key, or give the ask a tag of its own: Ask.tagged(tenant)");
        }
        return bySlot.stream().map(ask::only).toList();
    }

    /** Blocks for the budget at most; an interrupt ends the wait and leaves the flag set. */
    Decision decide(Ask ask, List<Ask> parts, boolean take) {
        Course course = new Course(ask, parts, take);
        course.next();
        return route.await(course.decided, ask, take);
    }

    /** The stage ends within the budget, on a thread of the Redis client or the JDK's timer, and does not fail. */
    CompletionStage<Decision> decideAsync(Ask ask, List<Ask> parts) {
        Course course = new Course(ask, parts, true);
        course.next();
        return route.bounded(course.decided, ask);
    }

    /** One ask on its way from slot to slot. Its parts follow one another, so it needs no lock. */
    private final class Course {
        private final Ask ask;
        private final List<Ask> parts;
        private final boolean take;
        private final long deadline = TICKER.nanos() + route.redis().budget().toNanos();
        private final List<Decision> told = new ArrayList<>();
        private final Promise decided = new Promise();

        Course(Ask ask, List<Ask> parts, boolean take) {
            this.ask = ask;
            this.parts = parts;
            this.take = take;
        }

        void next() {
            Duration left = Duration.ofNanos(Math.max(0, deadline - TICKER.nanos()));
            trips.attemptAsync(parts.get(told.size()), take, left).thenAccept(this::arrived);
        }

        private void arrived(AskTrips.Attempt attempt) {
            Decision decision = attempt.decision();
            if (decision != null) {
                told.add(decision);
            }
            boolean goesOn = decision != null && (decision.allowed() || !take) && !decided.isClaimed();
            if (goesOn && told.size() < parts.size()) {
                next();
            } else if (goesOn) {
                tell(Decision.joined(ask, parts, told));
            } else {
                takeBack().thenAccept(done -> decided.decide(() -> end(attempt)));
            }
        }

        private Decision end(AskTrips.Attempt attempt) {
            Decision decision = attempt.decision();
            return decision != null && !decision.allowed()
                    ? decision.within(ask)
                    : route.reception().fallBack(ask, take, attempt.why());
        }

        private void tell(Decision decision) {
            if (decided.claim()) {
                decided.complete(decision);
            } else if (decision.receipt() != null) {
                // Who has given up meanwhile must not be charged.
                refunds.refundAsync(decision.receipt());
            }
        }

        private CompletionStage<Boolean> takeBack() {
            Receipt all = Receipt.joined(told);
            return all == null ? CompletableFuture.completedStage(true) : refunds.refundAsync(all);
        }
    }
}
