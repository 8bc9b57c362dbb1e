package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.CombinedScript.Answer;
import dev.wellhead.ratelimit.CombinedScript.Answers;
import dev.wellhead.ratelimit.CombinedScript.Run;
import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisUnavailableException;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
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
                "answer[top + 1], answer[top + 2], answer[top + 3] = before, before_part, before_rest | answer[top + 1] = before",
                "allowed = allowed + 1 | allowed = 1",
                "at = at + 1 + arguments | at = 1e15",
                "before, before_part, before_rest = after, after_part, after_rest | after = before",
                "write(KEYS[i], micros, part, rest) | write(KEYS[i], micros, part, '')",
                "write(KEYS[i], micros, part, rest) | write(KEYS[1], micros, part, rest)",
                "look(KEYS[i]) | look(KEYS[1])",
                "local top = #answer | local top = 2",
                "local runs = tonumber(ARGV[at]) | local runs = 1",
                "local changed, denied = false, false | local changed, denied = changed, false",
                "micros and 0 or 1 | 0"
            })
    void seededFaultIsNoticed(String original, String fault) {
        int difference = firstDifference(1, text -> {
            assertThat(text).contains(original);
            return text.replace(original, fault);
        });

        assertThat(difference).isNotNegative();
    }

    @Test
    void keyThatHoldsSomethingElseSpoilsNoOther() {
        CombinedScript script = GivenTimeScripts.combined(() -> now, NO_FAULT);
        List<byte[]> keys = keys(4);
        REDIS.call(commands -> commands.rpush(keys.get(1), keys.get(1)));
        REDIS.call(commands -> commands.set(keys.get(2), "12:x".getBytes(StandardCharsets.US_ASCII)));
        Charge charge = Ask.of(limits.get(0), "k").charges().get(0);
        List<List<Run>> runs =
                Collections.nCopies(4, List.of(new Run(charge, 1, false), new Run(charge.costing(20), 2, false)));

        Answers answers = script.read(run(script, keys, runs), runs);

        assertThat(answers.limits())
                .extracting(Answer::allowed)
                .containsExactly(List.of(1, 0), List.of(), List.of(), List.of(1, 0));
        assertThat(answers.limits().get(1).wrong()).contains("WRONGTYPE");
        assertThat(answers.limits().get(2).wrong()).contains("not the state of a limit");
        assertThat(answers.limits().get(3).state())
                .isEqualTo(answers.limits().get(0).state());
        for (int i = 1; i < 3; i++) {
            List<byte[]> alone = keys.subList(i, i + 1);
            assertThatThrownBy(() -> run(script, alone, runs.subList(0, 1)))
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining(i == 1 ? "WRONGTYPE" : "not the state of a limit");
        }
    }

    private static List<byte[]> keys(int number) {
        String name = "combined:" + UUID.randomUUID() + ":";
        return IntStream.range(0, number)
                .mapToObj(i -> (name + i).getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    /** Returns the number of the first trip with another answer, or that ended in an error; -1 if there is none. */
    private int firstDifference(long seed, UnaryOperator<String> fault) {
        Random random = new Random(seed);
        CombinedScript script = GivenTimeScripts.combined(() -> now, fault);
        List<byte[]> keys = keys(limits.size());
        Map<Integer, State> states = new HashMap<>();
        for (int trip = 0; trip < TRIPS; trip++) {
            now += random.nextInt(3) * random.nextInt(3_000);
            // One may come twice.
            List<Integer> asked =
                    random.ints(1 + random.nextInt(3), 0, limits.size()).boxed().toList();
            List<List<Run>> runs =
                    asked.stream().map(limit -> runs(limits.get(limit), random)).toList();

            Answers answers;
            try {
                answers = script.read(run(script, asked.stream().map(keys::get).toList(), runs), runs);
            } catch (RuntimeException e) {
                assertThat(fault).as("%s", e).isNotSameAs(NO_FAULT);
                return trip;
            }

            List<Answer> expected = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                expected.add(expected(states, asked.get(i), runs.get(i)));
            }
            if (!answers.equals(new Answers(now, expected))) {
                return trip;
            }
        }
        return -1;
    }

    private Answer expected(Map<Integer, State> states, int limit, List<Run> runs) {
        State state = states.get(limit);
        State shown = state;
        boolean absent = state == null;
        List<Integer> allowed = new ArrayList<>();
        for (Run run : runs) {
            int passed = 0;
            for (int call = 0; call < run.calls(); call++) {
                Verdict verdict =
                        run.charge().algorithm().decide(state, now, run.charge().cost());
                shown = verdict.state(verdict.allowed());
                if (verdict.allowed() || verdict.mended()) {
                    state = shown;
                }
                passed += verdict.allowed() ? 1 : 0;
            }
            allowed.add(passed);
        }
        if (state != null) {
            states.put(limit, state);
        }
        return new Answer(shown == null ? new State(now, 0) : shown, absent, allowed, "");
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

    private static List<Object> run(CombinedScript script, List<byte[]> keys, List<List<Run>> runs) {
        return REDIS.run(script.script(), keys, script.arguments(runs, Long.MAX_VALUE));
    }
}
