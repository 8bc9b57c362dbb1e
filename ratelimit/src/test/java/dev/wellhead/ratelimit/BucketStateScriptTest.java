package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.ratelimit.CombinedScript.Answer;
import dev.wellhead.ratelimit.CombinedScript.Answers;
import dev.wellhead.ratelimit.CombinedScript.Run;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Invariant: the scripts read any state of a bucket, left by whichever numbers, full, impossible or with parts given
 * back, as the arithmetic in Java does, and leave the same behind; a denied call leaves each byte as it was.
 */
class BucketStateScriptTest {
    private static final Redis REDIS = Redis.builder(
                    RedisURI.create(RedisServer.shared().uri()))
            .budget(Duration.ofSeconds(10))
            .build();
    private static final int STATES = 4_000;
    private static final long NOW = 1_792_000_001_234_567L;

    private final List<Limit> limits = List.of(
            Limit.tokenBucket("odd", 7, Duration.ofMillis(10)).burst(3),
            Limit.tokenBucket("even", 1, Duration.ofMillis(2)).burst(9),
            Limit.leaky("queue", 7, Duration.ofMillis(10), 4));

    @AfterAll
    static void disconnect() {
        REDIS.close();
    }

    @Test
    void scriptsReadAndWriteStatesAsJavaDoes() {
        for (int seed = 0; seed < 3; seed++) {
            assertThat(firstDifference(seed, text -> text)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "(micros > now or (micros == now and part > 0)) | micros > now",
                "tonumber(theirs) ~= parts | false",
                "return micros + 1 - sooner - now, 0, | return micros - sooner - now, 0,",
                "return micros + 1 - sooner - now, 0, | return micros + 1 - sooner - now, part,",
                "return micros + 1 - sooner - now, 0, | return micros + 1 - now, 0,",
                "mended = not rounded or debt > full + math.min(full_part, 1) | mended = true",
                "mended = not rounded or debt > full + math.min(full_part, 1) | mended = not rounded",
                "mended = not rounded or debt > full + math.min(full_part, 1) | mended = not rounded or debt > full + 1",
                "debt, debt_part = full, full_part | debt, debt_part = full, 0",
                "now + full + sooner, full_part | now + full, full_part",
                "return string.format(':%.0f:%.0f:%.0f', parts, | return string.format(':%.0f:%.0f:%.0f', 1,",
                "return part > 0 and string.format(':%.0f', parts) or '' | return ''",
                "local end_place = now + debt + all | local end_place = micros",
                "if now + debt == place and debt_part | if micros == place and part"
            })
    void seededFaultIsNoticed(String original, String fault) {
        AtomicInteger found = new AtomicInteger();

        int difference = firstDifference(1, text -> {
            found.addAndGet(text.contains(original) ? 1 : 0);
            return text.replace(original, fault);
        });

        assertThat(found).hasPositiveValue();
        assertThat(difference).isNotNegative();
    }

    /** Returns the number of the first state after which something differs; -1 if there is none. */
    private int firstDifference(long seed, UnaryOperator<String> fault) {
        Random random = new Random(seed);
        CombinedScript take = GivenTimeScripts.combined(() -> NOW, fault);
        RefundScript back = GivenTimeScripts.refund(() -> NOW, fault);
        byte[] key = ("bucket-state:" + UUID.randomUUID()).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < STATES; i++) {
            Limit limit = any(limits.get(i % limits.size()), random);
            State state = state(limit, parts(any(limits.get(i % limits.size()), random)), random);
            byte[] stored = text(state);
            REDIS.call(commands -> commands.set(key, stored, SetArgs.Builder.px(60_000)));
            boolean same;
            try {
                same = i % 2 == 0
                        ? takesAlike(take, limit, state, key, random)
                        : givesBackAlike(back, limit, state, key, random);
            } catch (RuntimeException e) {
                same = false;
            }
            if (!same) {
                return i;
            }
        }
        return -1;
    }

    private static boolean takesAlike(CombinedScript script, Limit limit, State state, byte[] key, Random random) {
        long cost = 1 + random.nextInt((int) limit.burst());
        List<List<Run>> runs =
                List.of(List.of(new Run(Ask.of(limit, "k", cost).charges().get(0), 1, false)));
        Verdict verdict = limit.algorithm().decide(state, NOW, cost);

        Answers answers =
                script.read(REDIS.run(script.script(), List.of(key), script.arguments(runs, Long.MAX_VALUE)), runs);

        State left = verdict.state(verdict.allowed());
        Answer expected = new Answer(left, false, List.of(verdict.allowed() ? 1 : 0), "");
        return answers.equals(new Answers(NOW, List.of(expected))) && isStored(key, left);
    }

    private static boolean givesBackAlike(RefundScript script, Limit limit, State state, byte[] key, Random random) {
        long cost = 1 + random.nextInt((int) limit.burst());
        long parts = parts(limit);
        long micros = random.nextInt(3) == 0 ? state.micros() + random.nextInt(3) - 1 : around(limit, random);
        State charged = new State(micros, random.nextInt(2) * random.nextInt((int) parts), parts);
        State left = limit.algorithm().refund(state, NOW, cost, charged);

        REDIS.run(
                script.script(),
                List.of(key),
                script.arguments(
                        List.of(new Receipt.Charged(
                                Ask.of(limit, "k", cost).charges().get(0), charged)),
                        Long.MAX_VALUE));

        return isStored(key, left == null ? state : left.hasPassed(NOW) ? null : left);
    }

    private static boolean isStored(byte[] key, State state) {
        byte[] found = REDIS.call(commands -> commands.get(key));
        return state == null
                ? found == null
                : found != null
                        && new String(found, StandardCharsets.US_ASCII)
                                .equals(new String(text(state), StandardCharsets.US_ASCII));
    }

    private static byte[] text(State state) {
        StringBuilder text = new StringBuilder().append(state.micros());
        if (state.units() > 0 || state.size() > 0) {
            text.append(':').append(state.units());
        }
        for (int i = 0; i < state.size(); i++) {
            text.append(':').append(state.more(i));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static Limit any(Limit limit, Random random) {
        return OtherNumbers.times(1 + random.nextInt(3), limit);
    }

    private static long parts(Limit limit) {
        return limit.algorithm().arguments(1)[5];
    }

    /** A state that this many parts of a microsecond were left by, perhaps after something was given back. */
    private static State state(Limit limit, long parts, Random random) {
        long micros = around(limit, random);
        long part = random.nextInt(2) * random.nextInt((int) parts);
        long sooner = limit.isQueue() || random.nextInt(3) > 0 ? 0 : 1 + random.nextInt(3_000);
        if (sooner > 0) {
            return new State(micros + sooner, part, parts, sooner, NOW + random.nextInt(6_000));
        }
        return part > 0 ? new State(micros, part, parts) : new State(micros, 0);
    }

    /** A moment around now, around where an empty bucket is full, or in between. */
    private static long around(Limit limit, Random random) {
        long full = limit.algorithm().refillMicros();
        return NOW
                + switch (random.nextInt(4)) {
                    case 0 -> random.nextInt(4) - 1;
                    case 1 -> full - 3 + random.nextInt(5);
                    case 2 -> full * random.nextInt(3);
                    default -> random.nextInt((int) full);
                };
    }
}
