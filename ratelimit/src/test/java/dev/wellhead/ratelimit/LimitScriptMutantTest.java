package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.ManualTicker;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Seeded faults of the script: a comparison with the in-memory limiter over one fixed trace notices each. */
class LimitScriptMutantTest {
    private static final Redis REDIS = Redis.builder(
                    RedisURI.create(RedisServer.shared().uri()))
            .budget(Duration.ofSeconds(5))
            .build();

    private final Limit odd = Limit.tokenBucket("odd", 7, Duration.ofMillis(10)).burst(5);
    private final Limit even =
            Limit.tokenBucket("even", 1, Duration.ofMillis(2)).burst(3);
    private final Limit window = Limit.fixedWindow("window", 4, Duration.ofMillis(7));
    private final Limit counter = Limit.slidingCounter("counter", 4, Duration.ofMillis(7));
    private final Limit log = Limit.slidingLog("log", 3, Duration.ofMillis(8));
    private final Limit queue = Limit.leaky("queue", 1, Duration.ofMillis(5), 3);
    private long now = 1_792_000_001_234_567L;

    @AfterAll
    static void disconnect() {
        REDIS.close();
    }

    @Test
    void scriptAsItIsAgreesWithMemory() {
        assertThat(firstDifference(UnaryOperator.identity())).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "local take = ARGV[2] == '1' | local take = true",
                "local take = ARGV[2] == '1' | local take = false",
                "debt + need, | debt,",
                "debt_part + need_part | debt_part",
                "(micros > now or (micros == now and part > 0)) | micros > now + 500",
                "tonumber(theirs) ~= parts | false",
                "tonumber(theirs) ~= parts | true",
                "return micros + 1 - sooner - now, 0, | return micros - sooner - now, 0,",
                "return part > 0 and string.format(':%.0f', parts) or '' | return ''",
                "return part > 0 and string.format(':%.0f', parts) or '' | return part > 0 and ':7' or ''",
                "after + 1, after_part - parts | after, after_part - parts",
                "after + 1, after_part - parts | after + 1, after_part",
                "local fits = after < room | local fits = after < room + 500",
                "after_part <= room_part | after_part < room_part",
                "allowed and limit[1] | limit[1]",
                "if allowed and take then | if take then",
                "if allowed and take then | if allowed then",
                "if part > 0 or rest | if part > 1e15 or rest",
                "string.format('%.0f', micros) | tostring(micros)",
                "now - now % length | now",
                "length - 1 | length",
                "last < now then | last <= now then",
                "used + cost <= room | used < room",
                "used + cost <= room | used + cost < room",
                "last, used + cost, | last, used,",
                "return cost <= room, now, 0, '', this_last | return cost <= room, this_last, 0, '', this_last",
                "this_last, cost, '', false | this_last, 1, '', false",
                "tonumber(part) or 0 | 0",
                "and 8 or 4 | and 8 or 6",
                "and 8 or 4 | and 6 or 4",
                "elseif number == '2' then | elseif number == '3' then",
                "now < began + length | now <= began + length",
                "start, current, previous = began + length, 0, taken | start, current, previous = began + length, 0, previous",
                "length - (now - start)) | length)",
                "previous * (length | current * (length",
                "weight + cost * length | weight + length",
                "start + 2 * length - 1, current + cost, string | start + length - 1, current + cost, string",
                "time + length <= now then | time + length < now then",
                "used, kept = used + older, stop - 1 | used, kept = used, stop - 1",
                "local after, after_rest = taken + cost, older | local after, after_rest = cost, older",
                "now - newest, taken) .. older | now - newest, taken)",
                "tonumber(ARGV[at + 5]), tonumber(ARGV[at + 6]) | nil, nil",
                "if fits or mended then | if mended then",
                "answer[top + 1], answer[top + 2], answer[top + 3] = before, before_part, before_rest | answer[top + 1] = before",
                "allowed = allowed + 1 | allowed = 1 - allowed + 1"
            })
    void seededFaultIsNoticed(String original, String fault) {
        AtomicInteger found = new AtomicInteger();
        int difference = firstDifference(text -> {
            found.addAndGet(text.contains(original) ? 1 : 0);
            return text.replace(original, fault);
        });

        assertThat(found).hasPositiveValue();
        assertThat(difference).isNotNegative();
    }

    /** Returns the number of the first call that was judged or recorded differently; -1 if there is none. */
    private int firstDifference(UnaryOperator<String> fault) {
        ManualTicker ticker = new ManualTicker();
        Random random = new Random(7);
        try (RateLimiter memory = new InMemoryRateLimiter(RateLimiter.inMemory(), new MicroClock(ticker, now));
                RateLimiter script = new RedisRateLimiter(
                        RateLimiter.redis(REDIS)
                                .namespace("mutant" + UUID.randomUUID())
                                .denialMaxAge(Duration.ZERO),
                        GivenTimeScripts.at(() -> now, fault))) {
            for (int call = 0; call < 1_400; call++) {
                long micros = step(call, random);
                now += micros;
                ticker.advance(Duration.ofNanos(micros * 1_000));
                Ask ask = ask(call, random);
                boolean take = random.nextInt(4) > 0;
                Decision expected = take ? memory.tryAcquire(ask) : memory.peek(ask);
                Decision found = take ? script.tryAcquire(ask) : script.peek(ask);
                boolean same = found.allowed() == expected.allowed()
                        && found.quotas().equals(expected.quotas())
                        && found.delay().equals(expected.delay());
                if (!same) {
                    return call;
                }
            }
        }
        return -1;
    }

    /** Now and then to the first or last microsecond of something, else to any. */
    private long step(int call, Random random) {
        if (call % 10 == 9) {
            return 6_999 - now % 7_000;
        }
        boolean aligned = call % 7 == 4 || call % 7 == 6;
        return aligned
                ? (1_000 - now % 1_000) % 1_000 + 1_000L * random.nextInt(3)
                : random.nextInt(2) * random.nextInt(2_000);
    }

    private Ask ask(int call, Random random) {
        return switch (call % 7) {
            case 0 ->
                Ask.of(any(odd, random), "key", 1 + random.nextInt(5))
                        .and(any(even, random), "key", 1 + random.nextInt(3));
            case 1 -> Ask.of(any(counter, random), "key", 1 + random.nextInt(4));
            case 2 ->
                Ask.of(any(queue, random), "key", 1 + random.nextInt(2))
                        .within(Duration.ofMillis(random.nextInt(5)))
                        .and(even, "other");
            case 3 ->
                Ask.of(any(window, random), "key", 1 + random.nextInt(4))
                        .and(any(odd, random), "key")
                        .and(window, "other");
            case 4, 6 -> Ask.of(any(log, random), "key", 1 + random.nextInt(2));
            case 5 -> Ask.of(log, "other").and(counter, "key");
            default -> Ask.of(window, "key", 1 + random.nextInt(4));
        };
    }

    /** Returns it, or one of other numbers that shares its buckets. */
    private static Limit any(Limit limit, Random random) {
        return random.nextInt(3) > 0 ? limit : OtherNumbers.times(2 + random.nextInt(2), limit);
    }
}
