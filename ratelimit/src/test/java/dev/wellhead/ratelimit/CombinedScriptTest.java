package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.ratelimit.CombinedScript.Answer;
import dev.wellhead.ratelimit.CombinedScript.Run;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invariant: calls that share a trip are decided as if each had come alone, in their order, at the same moment. */
class CombinedScriptTest {
    private static final Redis REDIS = Redis.builder(
                    RedisURI.create(RedisServer.shared().uri()))
            .budget(Duration.ofSeconds(10))
            .build();
    private static final int TRIPS = 400;
    private static final UnaryOperator<String> NO_FAULT = text -> text;

    private final List<Limit> limits = List.of(
            Limit.tokenBucket("odd", 7, Duration.ofMillis(10)).burst(20),
            Limit.tokenBucket("even", 1, Duration.ofMillis(2)).burst(9),
            Limit.fixedWindow("window", 9, Duration.ofMillis(7)),
            Limit.slidingCounter("counter", 9, Duration.ofMillis(7)),
            Limit.slidingLog("log", 9, Duration.ofMillis(8)));
    private long now = 1_792_000_001_234_567L;

    @AfterAll
    static void disconnect() {
        REDIS.close();
    }

    @Test
    void eachCallIsDecidedAsIfItHadComeAlone() {
        for (int seed = 0; seed < 5; seed++) {
            assertThat(firstDifference(seed, NO_FAULT)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "until not fits or allowed == count | until true",
                "until not fits or allowed == count | until not fits or allowed >= count - 1",
                "if fits or mended then | if mended then",
                "answer[3], answer[4], answer[5] = before, before_part, before_rest | answer[3] = before",
                "allowed = allowed + 1 | allowed = 1",
                "at = at + 1 + lengths[algorithm] | at = 1e15",
                "before, before_part, before_rest = after, after_part, after_rest | after = before",
                "write(KEYS[1], micros, part, rest) | write(KEYS[1], micros, part, '')",
                "micros and 0 or 1} | 0}"
            })
    void seededFaultIsNoticed(String original, String fault) {
        int difference = firstDifference(1, text -> {
            assertThat(text).contains(original);
            return text.replace(original, fault);
        });

        assertThat(difference).isNotNegative();
    }

    /** Returns the number of the first trip with another answer, or that ended in an error; -1 if there is none. */
    private int firstDifference(long seed, UnaryOperator<String> fault) {
        Random random = new Random(seed);
        CombinedScript script = GivenTimeScripts.combined(() -> now, fault);
        for (Limit limit : limits) {
            String key = "combined:" + UUID.randomUUID();
            State state = null;
            for (int trip = 0; trip < TRIPS / limits.size(); trip++) {
                now += random.nextInt(3) * random.nextInt(3_000);
                List<Run> runs = runs(limit, random);

                Answer answer;
                try {
                    answer = script.read(run(script, key, runs));
                } catch (RuntimeException e) {
                    assertThat(fault).as("%s", e).isNotSameAs(NO_FAULT);
                    return trip;
                }

                List<Integer> allowed = new ArrayList<>();
                State shown = state;
                boolean absent = state == null;
                for (Run run : runs) {
                    int passed = 0;
                    for (int call = 0; call < run.calls(); call++) {
                        Verdict verdict = run.charge()
                                .algorithm()
                                .decide(state, now, run.charge().cost());
                        shown = verdict.state(verdict.allowed());
                        if (verdict.allowed() || verdict.mended()) {
                            state = shown;
                        }
                        passed += verdict.allowed() ? 1 : 0;
                    }
                    allowed.add(passed);
                }
                State expected = shown == null ? new State(now, 0) : shown;
                if (!answer.equals(new Answer(now, expected, absent, allowed))) {
                    return trip;
                }
            }
        }
        return -1;
    }

    private static List<Run> runs(Limit limit, Random random) {
        List<Run> runs = new ArrayList<>();
        for (int run = random.nextInt(3); run >= 0; run--) {
            long cost = 1 + random.nextInt(random.nextBoolean() ? 1 : (int) limit.burst());
            Limit asked = random.nextInt(3) > 0 ? limit : OtherNumbers.times(3, limit);
            runs.add(new Run(Ask.of(asked, "k", cost).charges().get(0), 1 + random.nextInt(4), false));
        }
        return runs;
    }

    private static List<Object> run(CombinedScript script, String key, List<Run> runs) {
        return REDIS.run(
                script.script(),
                List.of(key.getBytes(StandardCharsets.US_ASCII)),
                script.arguments(runs, Long.MAX_VALUE));
    }
}
