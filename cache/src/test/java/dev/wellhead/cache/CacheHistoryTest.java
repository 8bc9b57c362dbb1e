package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisUnavailableException;
import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisURI;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What several processes saw of one cache, while they and their connections were killed, held against what they may see. */
class CacheHistoryTest {
    private static final int NODES = 3;
    private static final int THREADS = 2;
    private static final Duration NEAR = Duration.ofSeconds(2);
    // Besides its near stay: how long a process may have been stopped between reading and keeping, and a busy machine.
    private static final Duration SLACK = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    // Of a process, which is killed before long.
    private static final int LOGGED = 1_000_000;

    @TempDir
    Path folder;

    private final List<HistoryLog> logs = new ArrayList<>();
    private int started;

    /** A process of the fleet: reads and writes until it is told to stop, or killed. */
    static final class HistoryNode {
        private final Cache<Integer, Long> cache;
        private final SharedRows rows;
        private final HistoryLog log;

        private HistoryNode(Cache<Integer, Long> cache, SharedRows rows, HistoryLog log) {
            this.cache = cache;
            this.rows = rows;
            this.log = log;
        }

        public static void main(String[] arguments) throws InterruptedException {
            // A call that throws what it should not ends the process, which the test sees.
            Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8).println(error);
                Runtime.getRuntime().halt(3);
            });
            Redis redis = client(Integer.parseInt(arguments[0]));
            HistoryNode node = new HistoryNode(
                    cache(redis, NEAR),
                    SharedRows.open(Path.of(arguments[1])),
                    HistoryLog.open(Path.of(arguments[2]), LOGGED));
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Thread thread = new Thread(node::run);
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            node.cache.close();
            redis.close();
        }

        private void run() {
            Random random = new Random();
            while (rows.goOn()) {
                int key = random.nextInt(SharedRows.KEYS);
                if (random.nextInt(12) == 0) {
                    invalidate(key);
                } else {
                    read(key, random);
                }
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(300));
            }
        }

        void readOnly() {
            Random random = new Random();
            while (rows.goOn()) {
                read(random.nextInt(SharedRows.KEYS), random);
            }
        }

        private void invalidate(int key) {
            long start = System.nanoTime();
            long version = rows.write(key);
            boolean done = cache.invalidate(key) == InvalidateResult.DONE;
            log.add(
                    done ? HistoryLog.Kind.INVALIDATED : HistoryLog.Kind.QUEUED,
                    key,
                    version,
                    start,
                    System.nanoTime());
        }

        void read(int key, Random random) {
            long start = System.nanoTime();
            try {
                long seen = cache.get(key, same -> load(same, random));
                log.add(HistoryLog.Kind.READ, key, seen, start, System.nanoTime());
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("load failed");
            }
        }

        private Long load(int key, Random random) {
            long read = rows.read(key);
            int lot = random.nextInt(400);
            // Now and then longer than a lease.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(lot == 0 ? 1200 : random.nextInt(3)));
            if (lot == 1) {
                throw new IllegalStateException("load failed");
            }
            return read;
        }
    }

    private static Redis client(int port) {
        return Redis.builder(RedisURI.create("127.0.0.1", port))
                .budget(Duration.ofMillis(200))
                .breaker(3, Duration.ofMillis(200))
                .heartbeat(Duration.ofMillis(300))
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    private static Cache<Integer, Long> cache(Redis redis, Duration near) {
        return Cache.<Integer, Long>builder(
                        "history",
                        redis,
                        KeyCodec.of(key -> Integer.toString(key)),
                        Codec.of(
                                value -> Long.toString(value).getBytes(UTF_8),
                                bytes -> Long.valueOf(new String(bytes, UTF_8))))
                .expireAfterWrite(Duration.ofSeconds(20))
                .nearExpireAfterWrite(near)
                .nearExpireWhileAway(Duration.ofMillis(500).compareTo(near) < 0 ? Duration.ofMillis(500) : near)
                .lease(Duration.ofSeconds(1))
                .maximumQueuedInvalidations(5)
                .build();
    }

    @Test
    void hundredThousandOperationsKeepThePromises() throws Exception {
        keepThePromises(100_000);
    }

    @Test
    @Tag("thorough")
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void aMillionOperationsOrAsManyAsAskedForKeepThePromises() throws Exception {
        keepThePromises(Long.getLong("wellhead.history.operations", 1_000_000));
    }

    private void keepThePromises(long operations) throws Exception {
        SharedRows rows = SharedRows.open(folder.resolve("rows"));
        List<FaultProxy> proxies = new ArrayList<>();
        ChildJvm[] nodes = new ChildJvm[NODES];
        // It lives as long as the test.
        HistoryLog far = HistoryLog.open(folder.resolve("far"), (int) Math.max(LOGGED, operations));
        try (RedisServer server = RedisServer.builder().start();
                Redis redis = client(server.port());
                // Keeps nothing near: what it reads, it reads from Redis, or loads.
                Cache<Integer, Long> bare = cache(redis, Duration.ofNanos(1));
                Callers callers = new Callers()) {
            for (int i = 0; i < NODES; i++) {
                proxies.add(FaultProxy.to(server.port()));
                nodes[i] = start(proxies.get(i));
            }
            // One thread: it joins nobody's read.
            Future<?> reader = callers.start(() -> {
                new HistoryNode(bare, rows, far).readOnly();
                return null;
            });

            harass(rows, operations, redis, proxies, nodes);

            for (ChildJvm node : nodes) {
                assertThat(node.awaitExit(PATIENCE)).as(node.output()).isZero();
            }
            Callers.result(reader);
        } finally {
            rows.stop();
            Arrays.stream(nodes).filter(node -> node != null).forEach(ChildJvm::close);
            proxies.forEach(FaultProxy::close);
        }
        check(operations, far);
    }

    private ChildJvm start(FaultProxy proxy) {
        Path log = folder.resolve("node-" + started++);
        logs.add(HistoryLog.open(log, LOGGED));
        return ChildJvm.start(
                HistoryNode.class,
                Integer.toString(proxy.port()),
                folder.resolve("rows").toString(),
                log.toString());
    }

    private void harass(SharedRows rows, long operations, Redis redis, List<FaultProxy> proxies, ChildJvm[] nodes)
            throws IOException, InterruptedException {
        Random random = new Random();
        while (rows.operations() < operations) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100 + random.nextInt(300)));
            int victim = random.nextInt(NODES);
            FaultProxy proxy = proxies.get(victim);
            switch (random.nextInt(9)) {
                case 0 -> {
                    nodes[victim].kill();
                    nodes[victim] = start(proxy);
                }
                case 1, 2 -> {
                    signal("-STOP", nodes[victim]);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(1500)));
                    signal("-CONT", nodes[victim]);
                }
                case 3 -> quietly(redis, KillArgs.Builder.typePubsub());
                case 4 -> quietly(redis, KillArgs.Builder.typeNormal());
                case 5 -> proxy.reset();
                case 6 -> proxy.forget();
                case 7 -> {
                    proxy.freeze();
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(600)));
                    proxy.heal();
                }
                default -> {
                    proxy.refuse();
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(600)));
                    proxy.heal();
                }
            }
        }
        rows.stop();
    }

    private static void signal(String signal, ChildJvm node) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", signal, Long.toString(node.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static void quietly(Redis redis, KillArgs whom) {
        try {
            redis.call(commands -> commands.clientKill(whom));
        } catch (RedisUnavailableException e) {
            // A node's turn will come again.
            assertThat(e.reason().isPassing()).isTrue();
        }
    }

    private void check(long operations, HistoryLog far) {
        List<HistoryLog.Event> farReads = far.events();
        List<List<HistoryLog.Event>> histories =
                logs.stream().map(HistoryLog::events).toList();
        List<HistoryLog.Event> all = histories.stream().flatMap(List::stream).toList();
        Floors done = new Floors(all, event -> event.kind() == HistoryLog.Kind.INVALIDATED);

        for (List<HistoryLog.Event> history : histories) {
            new Floors(history, event -> event.kind() != HistoryLog.Kind.READ).check("on its own node", history, 0);
        }
        done.check("in Redis", farReads, 0);
        done.check("on another node", all, NEAR.plus(SLACK).toNanos());
        long reads = all.stream()
                .filter(event -> event.kind() == HistoryLog.Kind.READ)
                .count();
        assertThat(reads + farReads.size()).isGreaterThan(operations * 2 / 3);
        // The more the machine is at work with something else, the more of them fall into a fault.
        assertThat(done.count()).isGreaterThan((int) (operations / 200));
        assertThat(farReads.size()).isGreaterThan((int) (operations / 400));
    }

    /** What must be seen at least, as time goes on. */
    private static final class Floors {
        private final long[][] since = new long[SharedRows.KEYS][];
        private final long[][] version = new long[SharedRows.KEYS][];

        Floors(List<HistoryLog.Event> events, Predicate<HistoryLog.Event> raises) {
            for (int i = 0; i < SharedRows.KEYS; i++) {
                int key = i;
                List<HistoryLog.Event> raising = events.stream()
                        .filter(event -> event.key() == key && raises.test(event))
                        .sorted((one, two) -> Long.compare(one.end(), two.end()))
                        .toList();
                since[key] = raising.stream().mapToLong(HistoryLog.Event::end).toArray();
                version[key] =
                        raising.stream().mapToLong(HistoryLog.Event::version).toArray();
                Arrays.parallelPrefix(version[key], Math::max);
            }
        }

        int count() {
            return Arrays.stream(since).mapToInt(ends -> ends.length).sum();
        }

        void check(String where, List<HistoryLog.Event> events, long bound) {
            for (HistoryLog.Event event : events) {
                if (event.kind() == HistoryLog.Kind.READ) {
                    int found = Arrays.binarySearch(since[event.key()], event.start() - bound);
                    int before = (found >= 0 ? found : -found - 1) - 1;
                    assertThat(event.version())
                            .as("%s, after an invalidation that had ended, read %s", where, event)
                            .isGreaterThanOrEqualTo(before < 0 ? 0 : version[event.key()][before]);
                }
            }
        }
    }
}
