package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.ManualTicker;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Giving back in Redis leaves each limit as giving back in memory does, of which {@link RefundLawTest} knows the law. */
class RefundScriptTest {
    private static final Redis REDIS = Redis.builder(
                    RedisURI.create(RedisServer.shared().uri()))
            .budget(Duration.ofSeconds(10))
            .build();
    private static final UnaryOperator<String> NO_FAULT = text -> text;
    private static final int TRACES = 8;
    private static final int CALLS = 900;

    private final List<Limit> limits = List.of(
            Limit.tokenBucket("odd", 7, Duration.ofMillis(10)).burst(20),
            Limit.tokenBucket("even", 1, Duration.ofMillis(2)).burst(9),
            Limit.fixedWindow("window", 9, Duration.ofMillis(7)),
            Limit.slidingCounter("counter", 9, Duration.ofMillis(7)),
            Limit.slidingLog("log", 9, Duration.ofMillis(8)),
            Limit.leaky("queue", 1, Duration.ofMillis(2), 6));
    private long now = 1_792_000_001_234_567L;

    @AfterAll
    static void disconnect() {
        REDIS.close();
    }

    @Test
    void scriptGivesBackAsMemoryDoes() {
        for (int seed = 0; seed < TRACES; seed++) {
            assertThat(firstDifference(seed, NO_FAULT)).isEqualTo(-1);
        }
    }

    @Test
    void callThatIsGivenBackAtOnceLeavesEveryKeyAsItWas() {
        String namespace = "back" + UUID.randomUUID();
        try (RateLimiter limiter = limiter(namespace, NO_FAULT)) {
            Ask ask = null;
            for (Limit limit : limits) {
                Ask one = Ask.of(limit, "k");
                limiter.tryAcquire(one);
                ask = ask == null ? one : ask.and(limit, "k");
                ask = ask.and(limit, "fresh");
            }
            List<String> before = dump(namespace);

            Decision decision = limiter.tryAcquire(ask);
            assertThat(dump(namespace)).isNotEqualTo(before);
            assertThat(limiter.refund(decision)).isTrue();

            assertThat(dump(namespace)).isEqualTo(before).hasSize(limits.size());
        }
    }

    @Test
    void placeInALostStateIsWorthNothing() {
        String namespace = "back" + UUID.randomUUID();
        try (RateLimiter limiter = limiter(namespace, NO_FAULT)) {
            Decision lost = limiter.tryAcquire(Ask.of(limits.get(1), "k", 9));
            REDIS.call(commands ->
                    commands.del((namespace + ":" + limits.get(1).id() + ":{k}").getBytes(StandardCharsets.US_ASCII)));
            limiter.tryAcquire(Ask.of(limits.get(1), "k", 4));

            assertThat(limiter.refund(lost)).isTrue();

            assertThat(limiter.peek(Ask.of(limits.get(1), "k")).remaining()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "and place >= first then | and false then",
                "and place >= first then | then",
                "unpaid = unpaid - all | unpaid = unpaid + all",
                "if unpaid < need or | if false and",
                "debt_part - need_part | debt_part",
                "debt - 1, debt_part + parts | debt, debt_part + parts",
                "if not last then | if false then",
                "math.min(first, place) | place",
                "(need_part > 0 and 1 or 0) | 0",
                "['4'] = leaky_queue_back | ['4'] = token_bucket_back",
                "['1'] = fixed_window_back | ['1'] = sliding_counter_back",
                "elseif last == place + length then | elseif false then",
                "if taken + previous == 0 then | if taken == 0 then",
                "table.remove(times, found) | times[#times] = nil",
                "if #times == 0 then | if #times <= 1 then",
                "times[i] == place + 1 - length | i == 1",
                "redis.call('DEL', KEYS[i]) | local nothing",
                "sooner = tonumber(sooner) or 0 | sooner = 0",
                "tonumber(theirs) ~= parts | false",
                "return micros + 1 - sooner - now, 0, | return micros - sooner - now, 0,",
                "string.format(':%.0f:%.0f:%.0f', parts, sooner, first) | string.format(':1:%.0f:%.0f', sooner, first)",
                "local end_place = now + debt + all | local end_place = now + debt"
            })
    void seededFaultIsNoticed(String original, String fault) {
        AtomicInteger found = new AtomicInteger();
        UnaryOperator<String> faulty = text -> {
            found.addAndGet(text.contains(original) ? 1 : 0);
            return text.replace(original, fault);
        };

        boolean noticed = false;
        for (int seed = 0; seed < TRACES && !noticed; seed++) {
            noticed = firstDifference(seed, faulty) >= 0;
        }

        assertThat(found).hasPositiveValue();
        assertThat(noticed).isTrue();
    }

    /** Returns the number of the first call that was judged differently; -1 if there is none. */
    private int firstDifference(long seed, UnaryOperator<String> fault) {
        ManualTicker ticker = new ManualTicker();
        Random random = new Random(seed);
        try (RateLimiter memory = new InMemoryRateLimiter(RateLimiter.inMemory(), new MicroClock(ticker, now));
                RateLimiter script = limiter("back" + UUID.randomUUID(), fault)) {
            List<Decision> inMemory = new ArrayList<>();
            List<Decision> inRedis = new ArrayList<>();
            for (int call = 0; call < CALLS; call++) {
                long micros = random.nextInt(2) * random.nextInt(random.nextInt(8) == 0 ? 9_000 : 900);
                now += micros;
                ticker.advance(Duration.ofNanos(micros * 1_000));
                int last = inMemory.size() - 1;
                if (last >= 0 && random.nextInt(3) == 0) {
                    int which = Math.max(0, last - random.nextInt(random.nextBoolean() ? 2 : 8));
                    if (memory.refund(inMemory.get(which)) != script.refund(inRedis.get(which))) {
                        return call;
                    }
                }
                Ask ask = ask(call, random);
                Decision expected = memory.tryAcquire(ask);
                Decision decided = script.tryAcquire(ask);
                if (decided.allowed() != expected.allowed()
                        || !decided.quotas().equals(expected.quotas())
                        || !decided.delay().equals(expected.delay())) {
                    return call;
                }
                inMemory.add(expected);
                inRedis.add(decided);
            }
        }
        return -1;
    }

    private Ask ask(int call, Random random) {
        Limit limit = any(limits.get(call / 20 % limits.size()), random);
        Ask ask = Ask.of(limit, "k", 1 + random.nextInt(Math.min(3, (int) limit.burst())));
        return random.nextInt(4) == 0 && !limit.id().equals(limits.get(0).id())
                ? ask.and(any(limits.get(0), random), "k")
                : ask;
    }

    /** Returns it, or one of other numbers that shares its buckets. */
    private static Limit any(Limit limit, Random random) {
        return random.nextInt(3) > 0 ? limit : OtherNumbers.times(2 + random.nextInt(2), limit);
    }

    private RateLimiter limiter(String namespace, UnaryOperator<String> fault) {
        return new RedisRateLimiter(
                RateLimiter.redis(REDIS)
                        .namespace(namespace)
                        .denialMaxAge(Duration.ZERO)
                        // A script that fails says the same about no call.
                        .onFailure(FailurePolicy.open()),
                GivenTimeScripts.at(() -> now, fault));
    }

    private static List<String> dump(String namespace) {
        List<byte[]> keys = REDIS.call(commands -> commands.keys(namespace + ":*"));
        return keys.stream()
                .map(key -> new String(key, StandardCharsets.US_ASCII) + "="
                        + new String(REDIS.call(commands -> commands.get(key)), StandardCharsets.US_ASCII))
                .sorted()
                .toList();
    }
}
