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
class BucketScriptMutantTest {
    private static final Redis REDIS = Redis.builder(
                    RedisURI.create(RedisServer.shared().uri()))
            .budget(Duration.ofSeconds(5))
            .build();

    private final Limit odd = Limit.tokenBucket("odd", 7, Duration.ofMillis(10)).burst(5);
    private final Limit even =
            Limit.tokenBucket("even", 1, Duration.ofMillis(2)).burst(3);
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
                "if debt < 0 then | if debt < -500 then",
                "after + 1, after_part - parts | after, after_part - parts",
                "after + 1, after_part - parts | after + 1, after_part",
                "if after > full or | if after >= full or",
                "after_part > full_part | after_part >= full_part",
                "allowed = false | allowed = true",
                "if allowed and take then | if take then",
                "if allowed and take then | if allowed then",
                "if part > 0 then | if part > 1e15 then",
                "string.format('%.0f', now + debt) | tostring(now + debt)"
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
        try (RateLimiter memory = RateLimiter.inMemory().ticker(ticker).build();
                RateLimiter script = new RedisRateLimiter(
                        RateLimiter.redis(REDIS).namespace("mutant" + UUID.randomUUID()),
                        new GivenTimeScript(() -> now, fault))) {
            for (int call = 0; call < 200; call++) {
                int micros = random.nextInt(3) * random.nextInt(3_000);
                now += micros;
                ticker.advance(Duration.ofNanos(micros * 1_000L));
                Ask ask = Ask.of(odd, "key", 1 + random.nextInt(5)).and(even, "key", 1 + random.nextInt(3));
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
