package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A node with its denials, a Redis and other nodes, on clocks that differ: answers take their time and come in any order,
 * others take permits, Redis' clock runs a little faster than the node's, and now and then Redis forgets everything.
 *
 * <p>Invariant: what the node denies by itself Redis would deny at that moment, unless it forgot within the age that is
 * believed; and the wait that is told suffices for all the node has been told.
 */
final class DenialsModel {
    private static final Duration MAX_AGE = Duration.ofSeconds(1);
    private static final int STEPS = 100;
    // Of a thousand.
    private static final long FASTEST = 1;

    private final Random random;
    private final ManualTicker ticker = new ManualTicker();
    private final MicroClock local;
    private final Denials denials;
    private final LastSeen lastSeen;
    private final List<Limit> limits;
    private final long drift;
    private final List<Reply> onTheWay = new ArrayList<>();
    private final Map<String, State> redis = new HashMap<>();
    private final Map<String, Told> told = new HashMap<>();
    private long redisNanos;
    private long forgotAt = Long.MIN_VALUE;
    private int denied;
    private long wait;

    private record Reply(Charge charge, State state, long at, long sent, boolean absent) {}

    private record Told(State state, long at) {}

    DenialsModel(long seed) {
        random = new Random(seed);
        redisNanos = 1_000_000_000_000_000_000L + random.nextInt();
        local = new MicroClock(ticker, redisNanos / 1_000 + random.nextInt(2_000_000_000) - 1_000_000_000L);
        lastSeen = new LastSeen(100, local);
        denials = new Denials(lastSeen, local, MAX_AGE);
        drift = random.nextInt((int) FASTEST + 1);
        Duration per = Duration.ofMillis(1 + random.nextInt(random.nextBoolean() ? 3_000 : 50));
        limits = List.of(
                Limit.tokenBucket("bucket", 1 + random.nextInt(7), per).burst(1 + random.nextInt(7)),
                Limit.fixedWindow("window", 1 + random.nextInt(7), per),
                Limit.slidingCounter("counter", 1 + random.nextInt(7), per),
                Limit.slidingLog("log", 1 + random.nextInt(7), per),
                Limit.leaky("queue", 1 + random.nextInt(7), per, random.nextInt(7)));
    }

    /** Returns what went wrong, null if nothing did. */
    @Nullable String run() {
        for (int step = 0; step < STEPS; step++) {
            pass();
            String wrong = switch (random.nextInt(8)) {
                case 0, 1 -> {
                    take(charge());
                    yield null;
                }
                case 2, 3 -> {
                    Charge asked = charge();
                    send(asked);
                    yield null;
                }
                case 4 -> {
                    arrive();
                    yield null;
                }
                case 5 -> random.nextInt(10) == 0 ? forget() : null;
                default -> ask();
            };
            if (wrong != null) {
                return "step " + step + ": " + wrong;
            }
        }
        return null;
    }

    /** Returns how often the node denied by itself. */
    int denied() {
        return denied;
    }

    private void pass() {
        long nanos = random.nextInt(4) == 0 ? 0 : random.nextInt(random.nextBoolean() ? 300_000 : 400_000_000);
        if (wait > 0 && random.nextInt(3) == 0) {
            // To the end of the wait that was told, but for as much as clocks may have run apart.
            nanos = wait - wait * random.nextInt(20) / 10_000;
        }
        wait = 0;
        ticker.advance(Duration.ofNanos(nanos));
        redisNanos += nanos + nanos * drift / 1_000;
    }

    private long redisMicros() {
        return redisNanos / 1_000;
    }

    private Charge charge() {
        Limit limit = limits.get(random.nextInt(limits.size()));
        // Some know other numbers.
        limit = random.nextInt(3) > 0 ? limit : OtherNumbers.times(3, limit);
        return Ask.of(limit, "k", 1 + random.nextInt((int) limit.burst()))
                .charges()
                .get(0);
    }

    private Reply take(Charge charge) {
        long now = redisMicros();
        State before = redis.get(charge.id());
        boolean absent = before == null || before.hasPassed(now);
        Verdict verdict = charge.limit().algorithm().decide(absent ? null : before, now, charge.cost());
        State after = verdict.state(verdict.allowed());
        if (after == null) {
            redis.remove(charge.id());
        } else {
            redis.put(charge.id(), after);
        }
        return new Reply(charge, after == null ? new State(now, 0) : after, now, 0, absent);
    }

    private void send(Charge charge) {
        long sent = local.micros();
        pass();
        Reply reply = take(charge);
        onTheWay.add(new Reply(charge, reply.state(), reply.at(), sent, reply.absent()));
    }

    private void arrive() {
        if (onTheWay.isEmpty()) {
            return;
        }
        Reply reply = onTheWay.remove(random.nextInt(onTheWay.size()));
        lastSeen.observe(reply.charge().bucket(), reply.state(), reply.at(), reply.sent(), reply.absent());
        told.merge(
                reply.charge().id(),
                new Told(reply.state(), reply.at()),
                (old, fresh) -> fresh.at() >= old.at() ? fresh : old);
    }

    private @Nullable String forget() {
        redis.clear();
        forgotAt = local.micros();
        return null;
    }

    private @Nullable String ask() {
        Charge first = charge();
        Ask ask = Ask.of(first.limit(), "k", first.cost());
        Charge second = charge();
        if (!second.id().equals(first.id())) {
            ask = ask.and(second.limit(), "k", second.cost());
        }
        Decision decision = denials.of(ask);
        if (decision == null) {
            return null;
        }
        denied++;
        long now = redisMicros();
        boolean allowed = ask.charges().stream()
                .allMatch(charge -> charge.limit()
                        .algorithm()
                        .decide(redis.get(charge.id()), now, charge.cost())
                        .allowed());
        if (allowed && (forgotAt == Long.MIN_VALUE || local.micros() - forgotAt >= MAX_AGE.toNanos() / 1_000)) {
            return decision + " though Redis would allow " + ask;
        }
        // Fresh enough or not, what was told of the limit in the way is known to both.
        Limit violated = decision.violated().orElseThrow();
        long needed = ask.charges().stream()
                .filter(charge -> charge.limit().equals(violated))
                .mapToLong(charge -> charge.limit()
                        .algorithm()
                        .retryAfterMicros(told.get(charge.id()).state(), now, charge.cost()))
                .sum();
        wait = decision.retryAfter().toNanos();
        long micros = wait / 1_000;
        // Where our clock runs slower, its microseconds are longer as well.
        long enough = micros + micros / 1_000 + 1;
        if (decision.allowed() || enough < needed - slack() || micros <= 0) {
            return decision + " though " + needed + " us are needed";
        }
        return null;
    }

    // The clocks have run apart since the state was told, for at most its age and a trip.
    private long slack() {
        return drift * 3_000;
    }
}
