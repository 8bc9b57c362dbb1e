package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.ManualTicker;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * The script on a real Redis, the in-memory limiter and an independent model judge the same calls at the same times, by
 * numbers that change as they do where nodes know older and newer ones.
 */
class SameVerdictsTest {
    private static final long START_MICROS = 1_792_000_001_234_567L;
    // Of what is given: the numbers of a limit may change with each call, and back.
    private static final List<Long> FACTORS = List.of(1L, 3L, 5L);
    private static Redis redis;

    private final ManualTicker ticker = new ManualTicker();
    private final Map<String, Model> models = new HashMap<>();
    private final Map<String, List<AdmissionLaw.Admission>> admissions = new HashMap<>();
    private long now = START_MICROS;

    enum Kind {
        BUCKET,
        WINDOW,
        COUNTER,
        LOG,
        QUEUE
    }

    record Rate(Kind kind, long permits, long perMicros, long burst) {
        Limit named(String name) {
            Duration per = Duration.ofNanos(perMicros * 1_000);
            return switch (kind) {
                case BUCKET -> Limit.tokenBucket(name, permits, per).burst(burst);
                case WINDOW -> Limit.fixedWindow(name, burst, per);
                case COUNTER -> Limit.slidingCounter(name, burst, per);
                case LOG -> Limit.slidingLog(name, burst, per);
                case QUEUE -> Limit.leaky(name, permits, per, burst);
            };
        }
    }

    /** One charge: which limit, by which numbers, which key, and its cost as a part of the burst, from 1 to 100. */
    record Part(int limit, int numbers, int key, int cost) {}

    /** One call. Time is a number of permits' worth of the first limit, in hundredths, and some odd microseconds. */
    record Step(long hundredths, long micros, boolean take, List<Part> parts) {}

    @BeforeContainer
    static void connect() {
        redis = Redis.builder(RedisURI.create(RedisServer.shared().uri()))
                .budget(Duration.ofSeconds(30))
                .connectTimeout(Duration.ofSeconds(30))
                .build();
    }

    @AfterContainer
    static void disconnect() {
        redis.close();
    }

    @Tag("thorough")
    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void scriptMemoryAndModelAgreeInThousandsOfTraces(
            @ForAll("limits") List<Rate> rates, @ForAll("traces") List<Step> trace) {
        scriptMemoryAndModelAgreeAndObeyTheLaw(rates, trace);
    }

    @Property(tries = 120, edgeCases = EdgeCasesMode.NONE)
    void scriptMemoryAndModelAgreeAndObeyTheLaw(
            @ForAll("limits") List<Rate> rates, @ForAll("traces") List<Step> trace) {
        models.clear();
        admissions.clear();
        now = START_MICROS;
        String namespace = "same" + UUID.randomUUID();
        List<List<Limit>> limits = new ArrayList<>();
        for (Rate rate : rates) {
            Limit limit = rate.named("limit" + limits.size());
            limits.add(FACTORS.stream()
                    .map(factor -> OtherNumbers.times(factor, limit))
                    .toList());
        }
        RateLimiter inMemory = new InMemoryRateLimiter(RateLimiter.inMemory(), new MicroClock(ticker, now));
        RateLimiter inRedis =
                // Time is given to the script alone.
                new RedisRateLimiter(
                        RateLimiter.redis(redis).namespace(namespace).denialMaxAge(Duration.ZERO),
                        GivenTimeScripts.at(() -> now));

        for (Step step : trace) {
            pass(step.hundredths()
                            * rates.get(0).perMicros()
                            / limits.get(0).get(0).permits()
                            / 100
                    + step.micros());
            Ask ask = ask(limits, step.parts());

            Decision memory = step.take() ? inMemory.tryAcquire(ask) : inMemory.peek(ask);
            Decision script = step.take() ? inRedis.tryAcquire(ask) : inRedis.peek(ask);

            List<Long> model = model(ask, step.take());
            assertThat(told(memory)).as("memory: %s", step).isEqualTo(model);
            assertThat(told(script)).as("script: %s", step).isEqualTo(model);
            assertThat(script.source()).isEqualTo(Decision.Source.REDIS);
        }

        admissions.values().forEach(AdmissionLaw::holds);
    }

    private void pass(long micros) {
        now += micros;
        ticker.advance(Duration.ofNanos(micros * 1_000));
    }

    private static Ask ask(List<List<Limit>> limits, List<Part> parts) {
        Ask ask = null;
        List<Integer> used = new ArrayList<>();
        for (Part part : parts) {
            Limit limit = limits.get(part.limit() % limits.size()).get(part.numbers());
            int bucket = part.limit() % limits.size() * 10 + part.key();
            if (!used.contains(bucket)) {
                used.add(bucket);
                long cost = Math.max(1, limit.burst() / 100 * part.cost() + limit.burst() % 100 * part.cost() / 100);
                ask = ask == null ? Ask.of(limit, "key" + part.key(), cost) : ask.and(limit, "key" + part.key(), cost);
            }
        }
        return ask;
    }

    /** Verdict, wait and, for each bucket, what remains, its wait and its reset, in microseconds. */
    private static List<Long> told(Decision decision) {
        List<Long> told = new ArrayList<>();
        told.add(decision.allowed() ? 1L : 0L);
        told.add(decision.retryAfter().toNanos() / 1_000);
        told.add(decision.delay().toNanos() / 1_000);
        for (Decision.Quota quota : decision.quotas()) {
            told.add(quota.remaining());
            told.add(quota.retryAfter().toNanos() / 1_000);
            told.add(quota.resetAfter().toNanos() / 1_000);
        }
        return told;
    }

    private List<Long> model(Ask ask, boolean take) {
        boolean allowed = true;
        long wait = 0;
        long turn = 0;
        for (Ask.Charge charge : ask.charges()) {
            Model bucket = models.computeIfAbsent(charge.id(), id -> Model.of(charge.limit(), now));
            bucket.by(charge.limit());
            bucket.passTo(now);
            allowed &= bucket.has(charge.cost());
            wait = Math.max(wait, bucket.microsUntil(charge.cost()));
            turn = Math.max(turn, bucket.turn());
        }
        List<Long> told = new ArrayList<>(List.of(allowed ? 1L : 0L, wait, allowed ? turn : 0L));
        for (Ask.Charge charge : ask.charges()) {
            Model bucket = models.get(charge.id());
            if (allowed && take) {
                AdmissionLaw.Admission admission =
                        new AdmissionLaw.Admission(charge.limit(), now, charge.cost(), now + bucket.turn());
                bucket.take(charge.cost());
                admissions.computeIfAbsent(charge.id(), id -> new ArrayList<>()).add(admission);
            }
            told.add(bucket.remaining());
            told.add(allowed ? 0 : bucket.microsUntil(charge.cost()));
            told.add(bucket.microsUntilFull());
        }
        return told;
    }

    @Provide
    Arbitrary<List<Rate>> limits() {
        Arbitrary<Long> permits = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 10),
                Arbitraries.of(3L, 7L, 97L, 1_000L, 65_537L),
                Arbitraries.longs().between(1, 5_000_000));
        Arbitrary<Long> micros = Arbitraries.of(
                1_000L, 999_983L, 1_000_000L, 60_000_000L, 3_600_000_000L, 86_400_000_000L, 86_399_999_999L);
        Arbitrary<Long> burst = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 5), Arbitraries.longs().between(1, 200));
        return Combinators.combine(Arbitraries.of(Kind.class), permits, micros, burst)
                .as(Rate::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    @Provide
    Arbitrary<List<Step>> traces() {
        Arbitrary<Part> part = Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        // Mostly as they were, so that a run of equal ones goes before a change.
                        Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(2, 1), Tuple.of(1, 2)),
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.oneOf(
                                Arbitraries.just(1), Arbitraries.integers().between(1, 100)))
                .as(Part::new);
        Arbitrary<Long> hundredths = Arbitraries.oneOf(
                Arbitraries.just(0L),
                Arbitraries.longs().between(0, 300),
                Arbitraries.longs().between(0, 20_000));
        return Combinators.combine(
                        hundredths,
                        Arbitraries.longs().between(0, 3),
                        Arbitraries.integers().between(0, 4).map(i -> i > 0),
                        part.list().ofMinSize(1).ofMaxSize(4))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }
}
