package dev.wellhead.ratelimit;

import dev.wellhead.core.Ticker;
import dev.wellhead.ratelimit.CombinedScript.Answer;
import dev.wellhead.ratelimit.CombinedScript.Run;
import dev.wellhead.redis.RedisClock;
import dev.wellhead.redis.RedisUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides on calls to one limit in Redis, many in a trip if they come at the same time; each as if it had come alone, in
 * the order in which they came. Thread-safe.
 */
final class SharedTrips implements Combiner.Carrier {
    // Deadlines are of the caller's own, real time.
    private static final Ticker TICKER = Ticker.system();

    private final Route route;
    private final CombinedScript script;
    private final Leases leases;
    private final long budgetNanos;
    private final Combiner combiner;

    SharedTrips(Route route, CombinedScript script, Leases leases) {
        this.route = route;
        this.script = script;
        this.leases = leases;
        budgetNanos = route.redis().budget().toNanos();
        combiner = new Combiner(TICKER, budgetNanos, this);
    }

    /** Returns whether such an ask may share a trip: it names one limit, and has no turn of its own in a queue. */
    static boolean serves(Ask ask) {
        return ask.charges().size() == 1 && !ask.charges().get(0).limit().isQueue();
    }

    /** Blocks for the budget at most; an interrupt ends the wait and leaves the flag set. */
    Decision decide(Ask ask) {
        return route.await(join(ask), ask, true);
    }

    /** The stage ends within the budget, on a thread of the Redis client or the JDK's timer, and does not fail. */
    CompletionStage<Decision> decideAsync(Ask ask) {
        return route.bounded(join(ask), ask);
    }

    private Caller join(Ask ask) {
        Caller caller = new Caller(ask, TICKER.nanos() + budgetNanos);
        combiner.join(caller.charge().id(), caller);
        return caller;
    }

    /** When a trip left, on the clock of states and on that of leases. */
    private record Sent(long micros, long nanos) {}

    @Override
    public void carry(String id, List<Caller> callers) {
        List<Caller> left = callers.get(0).charge().limit().lease().isEmpty() ? callers : withoutLease(callers);
        if (left.isEmpty()) {
            combiner.arrived(id, List.of());
        } else {
            send(id, left);
        }
    }

    /** Serves those who waited for a trip that brought enough for them, too. */
    private List<Caller> withoutLease(List<Caller> callers) {
        List<Caller> left = new ArrayList<>();
        for (Caller caller : callers) {
            Decision leased = leases.take(caller.ask());
            if (leased == null) {
                left.add(caller);
            } else {
                caller.decide(() -> leased);
            }
        }
        return left;
    }

    private void send(String id, List<Caller> callers) {
        byte[] key = route.key(id);
        List<Run> runs = runs(callers);
        leases.addWishes(runs);
        long sentNanos = leases.nanos();
        // Before it is sent, so that Redis' time is never taken for earlier than it is.
        long sent = route.clock().micros();
        RedisClock time;
        CompletionStage<List<@Nullable Object>> trip;
        try {
            time = route.redis().clock(key);
            long notAfter = time.notAfterMicros(Duration.ofNanos(patienceNanos(callers)));
            trip = route.redis().runAsync(script.script(), List.of(key), script.arguments(runs, notAfter));
        } catch (RedisUnavailableException e) {
            failed(id, callers, e);
            return;
        }
        route.counter().shared(callers.size());
        trip.whenComplete((reply, error) -> {
            if (error == null) {
                Answer answer = script.read(reply);
                route.counter().trip();
                time.observe(answer.nowMicros());
                settle(id, callers, runs, new Sent(sent, sentNanos), answer);
            } else {
                failed(id, callers, Failures.of(error));
            }
        });
    }

    /** Returns the time until the first of them gives up: nobody may be charged later than he waits. */
    private static long patienceNanos(List<Caller> callers) {
        long now = TICKER.nanos();
        long least = Long.MAX_VALUE;
        for (Caller caller : callers) {
            least = Math.min(least, caller.deadlineNanos() - now);
        }
        return Math.max(0, least);
    }

    private static List<Run> runs(List<Caller> callers) {
        List<Run> runs = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= callers.size(); to++) {
            if (to == callers.size()
                    || callers.get(to).charge().cost()
                            != callers.get(from).charge().cost()) {
                runs.add(new Run(callers.get(from).charge(), to - from, false));
                from = to;
            }
        }
        return runs;
    }

    private void settle(String id, List<Caller> callers, List<Run> runs, Sent sent, Answer answer) {
        State state = answer.state();
        if (state == null) {
            late(id, callers);
            return;
        }
        route.reception().answered();
        route.reception().observe(callers.get(0).charge(), state, answer.nowMicros(), sent.micros(), answer.absent());
        leases.learn(runs, sent.nanos(), state, answer);
        // The next trip leaves before these are woken.
        combiner.arrived(id, List.of());
        Batch batch = new Batch(route.limiter(), state, answer.nowMicros());
        int end = callers.size();
        for (int run = runs.size() - 1; run >= 0; run--) {
            if (runs.get(run).wished()) {
                batch.pass(runs.get(run).charge(), answer.allowed().get(run));
                continue;
            }
            int begin = end - runs.get(run).calls();
            int allowed = begin + answer.allowed().get(run);
            batch.deny(callers.subList(allowed, end));
            batch.allow(callers.subList(begin, allowed));
            end = begin;
        }
    }

    private void late(String id, List<Caller> callers) {
        route.reception().late();
        long now = TICKER.nanos();
        List<Caller> again = new ArrayList<>();
        List<Caller> done = new ArrayList<>();
        for (Caller caller : callers) {
            (caller.mayGoAgain(now) ? again : done).add(caller);
        }
        combiner.arrived(id, again);
        fallBack(done, AskTrips.TOO_LATE);
    }

    private void failed(String id, List<Caller> callers, RedisUnavailableException cause) {
        route.reception().failed(cause);
        combiner.arrived(id, List.of());
        fallBack(callers, String.valueOf(cause.getMessage()));
    }

    private void fallBack(List<Caller> callers, String why) {
        for (Caller caller : callers) {
            caller.decide(() -> route.reception().fallBack(caller.ask(), true, why));
        }
    }
}
