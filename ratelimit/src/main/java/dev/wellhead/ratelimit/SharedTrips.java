package dev.wellhead.ratelimit;

import dev.wellhead.core.Redaction;
import dev.wellhead.core.Ticker;
import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.CombinedScript.Answer;
import dev.wellhead.ratelimit.CombinedScript.Answers;
import dev.wellhead.ratelimit.CombinedScript.Run;
import dev.wellhead.ratelimit.Departures.Group;
import dev.wellhead.redis.RedisClock;
import dev.wellhead.redis.RedisUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides on calls to one limit each in Redis, many in a trip if they come at the same time; each as if it had come alone,
 * those to one limit in the order in which they came. Thread-safe.
 */
final class SharedTrips implements Combiner.Carrier {
    // Deadlines are of the caller's own, real time.
    private static final Ticker TICKER = Ticker.system();
    static final int MOST_TRIPS = 2;
    // So that others do not wait for a script of ours for much longer than for one that decides one limit.
    private static final int MOST_LIMITS = 64;
    private static final String SPOILED =
            "something else writes under our keys, use another database or namespace; Redis says: ";

    private final Route route;
    private final CombinedScript script;
    private final Leases leases;
    private final long budgetNanos;
    private final Combiner combiner;
    private final Departures departures;

    SharedTrips(Route route, CombinedScript script, Leases leases) {
        this.route = route;
        this.script = script;
        this.leases = leases;
        budgetNanos = route.redis().budget().toNanos();
        combiner = new Combiner(TICKER, budgetNanos, this);
        // On a cluster each limit lies elsewhere.
        departures = route.redis().isCluster()
                ? new Departures(Integer.MAX_VALUE, 1, budgetNanos, this::leave)
                : new Departures(MOST_TRIPS, MOST_LIMITS, budgetNanos, this::leave);
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
            departures.add(new Group(id, left));
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

    /** Who is on a trip to one limit. */
    private record Load(String id, List<Caller> callers, List<Run> runs) {}

    private void leave(List<Group> groups) {
        List<Load> loads = new ArrayList<>(groups.size());
        List<List<Run>> runs = new ArrayList<>(groups.size());
        List<byte[]> keys = new ArrayList<>(groups.size());
        for (Group group : groups) {
            Load load = load(group);
            if (load == null) {
                combiner.arrived(group.id(), List.of());
            } else {
                loads.add(load);
                runs.add(load.runs);
                keys.add(route.key(load.id));
            }
        }
        if (loads.isEmpty()) {
            departures.arrived();
        } else {
            send(loads, runs, keys);
        }
    }

    /** Returns those who still wait, and what they wish for; null if all have given up, and must not be charged. */
    private @Nullable Load load(Group group) {
        List<Caller> callers = new ArrayList<>(group.callers().size());
        for (Caller caller : group.callers()) {
            if (!caller.isClaimed()) {
                callers.add(caller);
            }
        }
        if (callers.isEmpty()) {
            return null;
        }
        List<Run> runs = runs(callers);
        leases.addWishes(runs);
        return new Load(group.id(), callers, runs);
    }

    private void send(List<Load> loads, List<List<Run>> runs, List<byte[]> keys) {
        long sentNanos = leases.nanos();
        // Before it is sent, so that Redis' time is never taken for earlier than it is.
        Sent sent = new Sent(route.clock().micros(), sentNanos);
        RedisClock time;
        CompletionStage<List<@Nullable Object>> trip;
        try {
            time = route.redis().clock(keys.get(0));
            long notAfter = time.notAfterMicros(Duration.ofNanos(patienceNanos(loads)));
            trip = route.redis().runAsync(script.script(), keys, script.arguments(runs, notAfter));
        } catch (RedisUnavailableException e) {
            failed(loads, e);
            return;
        }
        route.counter().shared(callersOf(loads));
        trip.whenComplete((reply, error) -> {
            if (error == null) {
                Answers answers = script.read(reply, runs);
                route.counter().trip();
                time.observe(answers.nowMicros());
                settle(loads, sent, answers);
            } else {
                failed(loads, Failures.of(error));
            }
        });
    }

    private static int callersOf(List<Load> loads) {
        int callers = 0;
        for (Load load : loads) {
            callers += load.callers.size();
        }
        return callers;
    }

    /** Returns the time until the first of them gives up: nobody may be charged later than he waits. */
    private static long patienceNanos(List<Load> loads) {
        long now = TICKER.nanos();
        long least = Long.MAX_VALUE;
        for (Load load : loads) {
            for (Caller caller : load.callers) {
                least = Math.min(least, caller.deadlineNanos() - now);
            }
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

    private void settle(List<Load> loads, Sent sent, Answers answers) {
        if (answers.limits().isEmpty()) {
            late(loads);
            return;
        }
        route.reception().answered();
        for (int i = 0; i < loads.size(); i++) {
            learn(loads.get(i), sent, answers.limits().get(i), answers.nowMicros());
        }
        for (int i = 0; i < loads.size(); i++) {
            tell(loads.get(i), answers.limits().get(i), answers.nowMicros());
        }
        // Behind these: whoever of them asks again at once goes with the next trip, which makes it fewer trips.
        arrived(loads);
    }

    private void arrived(List<Load> loads) {
        for (Load load : loads) {
            combiner.arrived(load.id, List.of());
        }
        departures.arrived();
    }

    private void learn(Load load, Sent sent, Answer answer, long nowMicros) {
        State state = answer.state();
        if (state != null) {
            Charge charge = load.callers.get(0).charge();
            route.reception().observe(charge, state, nowMicros, sent.micros(), answer.absent());
            leases.learn(load.runs, sent.nanos(), state, answer.allowed(), nowMicros);
        }
    }

    private void tell(Load load, Answer answer, long nowMicros) {
        State state = answer.state();
        if (state == null) {
            fallBack(load.callers, SPOILED + Redaction.printable(answer.wrong()));
            return;
        }
        Batch batch = new Batch(route.limiter(), state, nowMicros);
        int end = load.callers.size();
        for (int i = load.runs.size() - 1; i >= 0; i--) {
            Run run = load.runs.get(i);
            if (run.wished()) {
                batch.pass(run.charge(), answer.allowed().get(i));
                continue;
            }
            int begin = end - run.calls();
            int allowed = begin + answer.allowed().get(i);
            batch.deny(load.callers.subList(allowed, end));
            batch.allow(load.callers.subList(begin, allowed));
            end = begin;
        }
    }

    private void late(List<Load> loads) {
        route.reception().late();
        long now = TICKER.nanos();
        List<Caller> done = new ArrayList<>();
        for (Load load : loads) {
            List<Caller> again = new ArrayList<>();
            for (Caller caller : load.callers) {
                (caller.mayGoAgain(now) ? again : done).add(caller);
            }
            combiner.arrived(load.id, again);
        }
        departures.arrived();
        fallBack(done, AskTrips.TOO_LATE);
    }

    private void failed(List<Load> loads, RedisUnavailableException cause) {
        route.reception().failed(cause);
        arrived(loads);
        for (Load load : loads) {
            fallBack(load.callers, String.valueOf(cause.getMessage()));
        }
    }

    private void fallBack(List<Caller> callers, String why) {
        for (Caller caller : callers) {
            caller.decide(() -> route.reception().fallBack(caller.ask(), true, why));
        }
    }
}
