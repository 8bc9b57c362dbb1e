package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.ManualTicker;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
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
                "if micros and micros >= now then | if micros and micros >= now + 500 then",
                "after + 1, after_part - parts | after, after_part - parts",
                "after + 1, after_part - parts | after + 1, after_part",
                "local fits = after < full | local fits = after < full + 500",
                "after_part <= full_part | after_part < full_part",
                "allowed and limit[1] | limit[1]",
                "if allowed and take then | if take then",
                "if allowed and take then | if allowed then",
                "if part > 0 then | if part > 1e15 then",
                "string.format('%.0f', micros) | tostring(micros)",
                "now - now % length | now",
                "length - 1 | length",
                "last < now then | last <= now then",
                "used + cost <= room | used < room",
                "used + cost <= room | used + cost < room",
                "last, used + cost, | last, used,",
                "return cost <= room, now, 0, this_last | return cost <= room, this_last, 0, this_last",
                "this_last, cost, false | this_last, 1, false",
                "tonumber(part) or 0 | 0",
                "at = at + 4 | at = at + 6",
                "ARGV[at] == '0' | i == 1"
            })
    void seededFaultIsNoticed(String original, String fault) {
        int difference = firstDifference(text -> {
            assertThat(text).contains(original);
            return text.replace(original, fault);
        });

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
                        new GivenTimeScript(() -> now, fault))) {
            for (int call = 0; call < 200; call++) {
                // Now and then to the last microsecond of a window.
                long micros = call % 10 == 9 ? 6_999 - now % 7_000 : random.nextInt(3) * random.nextInt(3_000);
                now += micros;
                ticker.advance(Duration.ofNanos(micros * 1_000));
                Ask ask = call % 3 == 0
                        ? Ask.of(odd, "key", 1 + random.nextInt(5)).and(even, "key", 1 + random.nextInt(3))
                        : Ask.of(window, "key", 1 + random.nextInt(4))
                                .and(odd, "key")
                                .and(window, "other");
                boolean take = random.nextInt(4) > 0;
                Decision expected = take ? memory.tryAcquire(ask) : memory.peek(ask);
                Decision found = take ? script.tryAcquire(ask) : script.peek(ask);
                if (found.allowed() != expected.allowed() || !found.quotas().equals(expected.quotas())) {
                    return call;
                }
            }
        }
        return -1;
    }
}
