package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Stampede, stale set and lost invalidation between four processes. */
class FleetJvmTest {
    private static final int NODES = 4;
    private static final int THREADS = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final List<ChildJvm> NODE = new ArrayList<>();
    private static RedisServer server;
    private static RedisClient client;
    private static RedisCommands<String, String> commands;
    private static int orders;

    /** A process of the fleet: does what it is told by a list in Redis, and prints what came of it. */
    static final class Member {
        private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);

        private final Cache<String, String> cache;
        private final RedisClient client;
        private final RedisCommands<String, String> counting;
        private final ExecutorService threads = Executors.newCachedThreadPool();

        private Member(Cache<String, String> cache, RedisClient client) {
            this.cache = cache;
            this.client = client;
            counting = client.connect().sync();
        }

        public static void main(String[] arguments) {
            RedisURI uri = RedisURI.create("127.0.0.1", Integer.parseInt(arguments[0]));
            Redis redis = Redis.builder(uri)
                    .budget(Duration.ofSeconds(5))
                    .connectTimeout(Duration.ofSeconds(30))
                    .build();
            Cache<String, String> cache = Cache.<String, String>builder(
                            "jvms", redis, KeyCodec.ofString(), Codec.string())
                    .expireAfterWrite(Duration.ofHours(2))
                    .nearExpireAfterWrite(Duration.ofHours(1))
                    .lease(Duration.ofSeconds(10))
                    .build();
            new Member(cache, RedisClient.create(uri)).obey("orders-" + arguments[1]);
        }

        private void obey(String list) {
            while (cache.health().status() != Health.Status.UP) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            OUT.println("up");
            while (true) {
                String[] order = await(list).split(" ", 4);
                threads.execute(() -> OUT.println(order[0] + " " + outcome(order[0], order[1], order[2], order[3])));
            }
        }

        /** Waits on a connection of its own, which blocks nobody. */
        private String await(String list) {
            try (var connection = client.connect()) {
                return connection.sync().blpop(0, list).getValue();
            }
        }

        private String outcome(String number, String verb, String key, String value) {
            try {
                return switch (verb) {
                    case "get" -> cache.get(key, absent -> value);
                    case "invalidate" -> cache.invalidate(key).toString();
                    case "load" ->
                        cache.get(key, absent -> {
                            OUT.println(number + " loading");
                            await("go-" + number);
                            return value;
                        });
                    case "race" -> race(key, value);
                    default -> throw new AssertionError(verb);
                };
            } catch (Exception e) {
                return "threw " + e;
            }
        }

        private String race(String key, String value) throws Exception {
            List<Future<String>> callers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                callers.add(threads.submit(() -> cache.get(key, absent -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                    return value + counting.incr("loads-" + key);
                })));
            }
            List<String> seen = new ArrayList<>();
            for (Future<String> caller : callers) {
                seen.add(caller.get());
            }
            return seen.size() + " times " + seen.stream().distinct().toList();
        }
    }

    @BeforeAll
    static void start() {
        server = RedisServer.builder().start();
        client = RedisClient.create(server.uri());
        commands = client.connect().sync();
        for (int i = 0; i < NODES; i++) {
            NODE.add(ChildJvm.start(Member.class, Integer.toString(server.port()), Integer.toString(i)));
        }
        NODE.forEach(node -> node.awaitLine("up", PATIENCE));
    }

    @AfterAll
    static void stop() {
        NODE.forEach(ChildJvm::close);
        client.shutdown();
        server.close();
    }

    /** Returns the number of the order. */
    private static String order(int node, String verb, String key, String value) {
        String number = "#" + ++orders;
        commands.rpush("orders-" + node, String.join(" ", number, verb, key, value));
        return number;
    }

    private static String outcome(int node, String number) {
        return NODE.get(node).awaitLine(number + " ", PATIENCE).substring(number.length() + 1);
    }

    private static String done(int node, String verb, String key, String value) {
        return outcome(node, order(node, verb, key, value));
    }

    @Test
    void oneLoadServesFourProcessesWithSixtyFourThreadsEach() {
        List<String> numbers = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            numbers.add(order(node, "race", "stampede", "load-"));
        }

        for (int node = 0; node < NODES; node++) {
            assertThat(outcome(node, numbers.get(node))).isEqualTo("64 times [load-1]");
        }
        assertThat(commands.get("loads-stampede")).isEqualTo("1");
    }

    @Test
    void slowLoaderOfOneProcessCannotStoreWhatAnotherInvalidated() {
        String slow = order(0, "load", "overtaken", "old");
        assertThat(outcome(0, slow)).isEqualTo("loading");

        assertThat(done(1, "invalidate", "overtaken", "-")).isEqualTo("DONE");
        commands.rpush("go-" + slow, "go");
        NODE.get(0).awaitLine(slow + " old", PATIENCE);

        for (int node = NODES - 1; node >= 0; node--) {
            assertThat(done(node, "get", "overtaken", "new")).isEqualTo("new");
        }
    }

    @Test
    void invalidationThatNobodyHeardLeavesNothingOldOnceTheChannelIsBack() {
        for (int node = 0; node < NODES; node++) {
            assertThat(done(node, "get", "lost", "old")).isEqualTo("old");
        }

        commands.clientKill(KillArgs.Builder.typePubsub());
        assertThat(done(0, "invalidate", "lost", "-")).isEqualTo("DONE");

        assertThat(done(0, "get", "lost", "new")).isEqualTo("new");
        for (int i = 1; i < NODES; i++) {
            int node = i;
            await().atMost(Node.SOON)
                    .untilAsserted(
                            () -> assertThat(done(node, "get", "lost", "new")).isEqualTo("new"));
        }
    }
}
