package dev.wellhead.benchmarks.ratelimit;

import dev.wellhead.ratelimit.Ask;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * EVALSHA of our own script over one connection, with the key and arguments of one of our calls and nothing around it:
 * the floor of what asking Redis costs.
 */
final class BareScriptNode implements LimiterNode {
    private static final long BUDGET_MICROS = TimeUnit.NANOSECONDS.toMicros(LimiterNodes.BUDGET.toNanos());
    private static final long PATIENCE_SECONDS = 10;
    // Where the script answers whether it ran, and how many calls it allowed.
    private static final int RAN = 0;
    private static final int ALLOWED = 6;

    private final Rate rate;
    private final RedisClient client;
    private final RedisAsyncCommands<byte[], byte[]> commands;
    private final OurScript script = OurScript.combined();
    private final Map<String, Sent> sent = new ConcurrentHashMap<>();
    private final long toRedisMicros;

    /** What is sent for a key, but for the moment until which the answer is awaited. */
    private static final class Sent {
        private final byte[][] keys;
        private final byte[][] arguments;

        Sent(byte[] key, byte[][] arguments) {
            keys = new byte[][] {key};
            this.arguments = arguments;
        }

        byte[][] arguments(long notAfterMicros) {
            byte[][] fresh = arguments.clone();
            fresh[0] = Long.toString(notAfterMicros).getBytes(StandardCharsets.US_ASCII);
            return fresh;
        }
    }

    BareScriptNode(String redis, Rate rate) {
        this.rate = rate;
        client = RedisClient.create(redis);
        StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
        commands = connection.async();
        connection.sync().scriptLoad(script.source());
        List<byte[]> time = connection.sync().time();
        // Earlier by the answer's way back: too cautious, as ours is.
        toRedisMicros = number(time.get(0)) * 1_000_000 + number(time.get(1)) - nowMicros();
    }

    @Override
    public Answer ask(String key) throws Exception {
        Sent known = sent.get(key);
        return ask(known != null ? known : sent.computeIfAbsent(key, this::sent));
    }

    private Sent sent(String key) {
        Ask ask = Ask.of(WellheadNode.limit(rate), key);
        return new Sent(script.key(ask), script.arguments(ask, 0));
    }

    private Answer ask(Sent call) throws Exception {
        byte[][] arguments = call.arguments(nowMicros() + toRedisMicros + BUDGET_MICROS);
        List<Object> answer = commands.<List<Object>>evalsha(script.sha(), ScriptOutputType.MULTI, call.keys, arguments)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!answer.get(RAN).equals(1L)) {
            return Answer.WITHOUT_REDIS;
        }
        return answer.get(ALLOWED).equals(1L) ? Answer.ALLOWED : Answer.DENIED;
    }

    private static long nowMicros() {
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    }

    private static long number(byte[] digits) {
        return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
