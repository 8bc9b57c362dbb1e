package dev.wellhead.benchmarks.cache;

import dev.wellhead.benchmarks.program.Output;
import dev.wellhead.benchmarks.program.Parking;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Two nodes, and a source whose values change. Says in how many of all tries a node still had the old value, once after a
 * load that began before the change and ended after the invalidation, and once after the connection was cut on which the
 * invalidation would have come.
 */
public final class StaleProgram {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** How long an invalidation is waited for while the load it might be waiting for still runs. */
    private static final Duration INVALIDATION_PATIENCE = Duration.ofMillis(100);
    /** For messages that are on their way. */
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** For channels that are connected in the background. */
    private static final long OPENING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int KEYS_PER_CUT = 5;
    private static final Duration RECONNECT_PATIENCE = Duration.ofSeconds(2);
    private static final long NOTICE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    /** A connection that listens to a channel, or whose keys the server tracks. */
    private static final Pattern LISTENING = Pattern.compile("id=(\\d+) .*flags=\\S*[tP]");

    private final Map<String, String> database = new ConcurrentHashMap<>();
    private final Map<String, Pause> pauses = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();

    /** A load that waits between its read and its return. */
    private static final class Pause {
        final CountDownLatch hasRead = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
    }

    private StaleProgram() {}

    /** Runs it: contender, Redis, tries of the first kind, cuts. */
    public static void main(String[] arguments) throws Exception {
        StaleProgram program = new StaleProgram();
        List<CacheNode> nodes = CacheNodes.open(arguments[0], NodeOptions.of(arguments[1], program::load), 2);
        Parking.nanos(OPENING_NANOS);
        int tries = Integer.parseInt(arguments[2]);
        int overtaken = 0;
        for (int i = 0; i < tries; i++) {
            overtaken += program.isOvertaken(nodes.get(0), nodes.get(1), "overtaken-" + i) ? 1 : 0;
        }
        int cuts = Integer.parseInt(arguments[3]);
        int missed = 0;
        RedisClient client = RedisClient.create(arguments[1]);
        RedisCommands<String, String> redis = client.connect().sync();
        for (int i = 0; i < cuts; i++) {
            missed += program.missed(nodes.get(0), nodes.get(1), redis, "cut-" + i + "-");
        }
        Output.say("overtaken.stale", overtaken);
        Output.say("overtaken.tries", tries);
        Output.say("cut.stale", missed);
        Output.say("cut.tries", cuts * KEYS_PER_CUT);
        Output.end();
    }

    private String load(String key) throws Exception {
        String read = database.getOrDefault(key, "none");
        Pause pause = pauses.get(key);
        if (pause != null) {
            pause.hasRead.countDown();
            pause.goOn.await();
        }
        return read;
    }

    private boolean isOvertaken(CacheNode reader, CacheNode writer, String key) throws Exception {
        Pause pause = new Pause();
        pauses.put(key, pause);
        database.put(key, "old");
        Future<?> reading = executor.submit(() -> reader.get(key));
        await(pause.hasRead);

        database.put(key, "new");
        Future<?> invalidation = executor.submit(() -> {
            writer.invalidate(key);
            return null;
        });
        try {
            invalidation.get(INVALIDATION_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // It waits for the load to end, which also keeps the promise.
            pause.goOn.countDown();
        }
        pause.goOn.countDown();
        pauses.remove(key);
        invalidation.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        reading.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);

        Parking.nanos(SETTLE_NANOS);
        return isOld(reader.get(key)) || isOld(writer.get(key));
    }

    private int missed(CacheNode reader, CacheNode writer, RedisCommands<String, String> redis, String prefix)
            throws Exception {
        List<String> keys =
                IntStream.range(0, KEYS_PER_CUT).mapToObj(key -> prefix + key).toList();
        for (String key : keys) {
            database.put(key, "old");
            writer.get(key);
            reader.get(key);
        }
        List<Long> listening = listening(redis);
        listening.forEach(id -> redis.clientKill(KillArgs.Builder.id(id)));
        for (String key : keys) {
            database.put(key, "new");
            writer.invalidate(key);
        }
        long deadline = System.nanoTime() + RECONNECT_PATIENCE.toNanos();
        while (listening(redis).size() < listening.size() && System.nanoTime() - deadline < 0) {
            Parking.nanos(SETTLE_NANOS);
        }
        Parking.nanos(NOTICE_NANOS);
        int old = 0;
        for (String key : keys) {
            old += isOld(reader.get(key)) ? 1 : 0;
        }
        return old;
    }

    private static List<Long> listening(RedisCommands<String, String> redis) {
        return redis.clientList()
                .lines()
                .map(LISTENING::matcher)
                .filter(Matcher::find)
                .map(found -> Long.valueOf(found.group(1)))
                .toList();
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("no load began within " + PATIENCE);
        }
    }

    private static boolean isOld(@Nullable String value) {
        return "old".equals(value);
    }
}
