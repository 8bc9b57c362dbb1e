package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wellhead.core.MetricSink;
import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/**
 * Nodes with the cache as it is, a database, and a simulated Redis. A seed and steps make a run, which returns what went
 * wrong and all that happened, or null; for a negative seed, what happened in any case. To be loaded by {@link SimulatedLoader}.
 */
public final class CacheModel implements BiFunction<Long, int[], String> {
    private static final int NODES = 3;
    private static final int KEYS = 4;
    // The last one has no tag: nothing but its own invalidation and a new generation take it away.
    private static final int TAGGED = 3;
    // Its writers take turns, so that it can be put as well.
    private static final int PUT_KEY = 2;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE = 180 * SECOND;
    private static final long LEASE = 2 * SECOND;
    private static final Duration LIFE = Duration.ofMinutes(10);

    private static final Map<RedisScript<?>, String> SCRIPTS = Map.of(
            Scripts.GET_OR_LEASE, "get-or-lease",
            Scripts.GET_OR_LEASE_ALL, "get-or-lease-all",
            Scripts.PEEK, "peek",
            Scripts.FILL, "fill",
            Scripts.ABANDON, "abandon",
            Scripts.INVALIDATE, "invalidate",
            Scripts.FENCE, "fence",
            Scripts.PUT, "put",
            Scripts.INVALIDATE_TAG, "invalidate-tag",
            Scripts.NEXT_GENERATION, "next-generation");

    /** What a run may meet. */
    private enum Weather {
        /** Nothing breaks. */
        CALM,
        /** Connections break, answers are late, leases and values are evicted. */
        ROUGH,
        /** Redis is flushed besides, or the cache is cleared. */
        FLOODED,
        /** Redis forgets its last writes besides. */
        FAILOVER
    }

    private enum Step {
        GET(28, Weather.CALM),
        GET_ASYNC(7, Weather.CALM),
        GET_ALL(6, Weather.CALM),
        GET_IF_PRESENT(4, Weather.CALM),
        INVALIDATE(18, Weather.CALM),
        PUT(5, Weather.CALM),
        FENCED_WRITE(4, Weather.CALM),
        INVALIDATE_TAG(4, Weather.CALM),
        PASS_TIME(5, Weather.CALM),
        EVICT_LEASE(4, Weather.ROUGH),
        EVICT_VALUE(3, Weather.ROUGH),
        STALL(6, Weather.ROUGH),
        CUT(4, Weather.ROUGH),
        DEAFEN(4, Weather.ROUGH),
        DEAFEN_UNNOTICED(4, Weather.ROUGH),
        CLEAR(4, Weather.FLOODED),
        FLUSH(3, Weather.FLOODED),
        FAIL_OVER(5, Weather.FAILOVER);

        private final int weight;
        private final Weather from;

        Step(int weight, Weather from) {
            this.weight = weight;
            this.from = from;
        }

        static Step of(int lot, Weather weather) {
            List<Step> possible = Arrays.stream(values())
                    .filter(step -> step.from.compareTo(weather) <= 0)
                    .toList();
            int left = lot % possible.stream().mapToInt(step -> step.weight).sum();
            for (Step step : possible) {
                left -= step.weight;
                if (left < 0) {
                    return step;
                }
            }
            throw new AssertionError();
        }
    }

    @Override
    public String apply(Long seed, int[] steps) {
        return new Run(Math.abs(seed), steps).outcome(seed < 0);
    }

    private static final class LoadFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LoadFailed() {
            super("load failed", null, false, false);
        }
    }

    private static final class Node {
        final int number;
        final SimulatedRedis redis;
        final Cache<String, String> cache;
        // What a get that starts now must see at least.
        final int[] floor = new int[KEYS];
        // What nobody may have stored less than, while a fence of this node stands and Redis answers every call. Loads
        // that began before are joined all the same.
        final int[] fenced = new int[KEYS];

        Node(int number, SimulatedRedis redis, Cache<String, String> cache) {
            this.number = number;
            this.redis = redis;
            this.cache = cache;
        }

        void raise(int key, int version) {
            floor[key] = Math.max(floor[key], version);
        }
    }

    private static final class Run {
        private final Simulation simulation;
        private final int[] steps;
        private final Weather weather;
        private final boolean leases;
        // Whether others may go on whenever somebody looks at the time: more interleavings, and so fewer of each.
        private final boolean watchful;
        private final SimulatedServer server;
        private final List<Node> nodes = new ArrayList<>();
        private final List<String> trace = new ArrayList<>();
        // The rows in the database: numbers that grow with each write.
        private final int[] rows = new int[KEYS];
        private final boolean[] beingWritten = new boolean[KEYS];
        // What Redis may store at least, by the name of the value: its row when it was last invalidated there.
        private final Map<String, Integer> farFloors = new HashMap<>();
        private final int[] farFloor = new int[KEYS];
        private final int[] loads = new int[KEYS];
        // Ends of values and leases, each of which excuses one more load.
        private final int[] excuses = new int[KEYS];
        private int underWay;
        private List<Integer> publishing = List.of();
        private int publisher;
        private TreeMap<String, SimulatedServer.Entry> replica = new TreeMap<>();

        Run(long seed, int[] steps) {
            this.steps = steps;
            simulation = new Simulation(seed);
            weather = Weather.values()[(int) Math.floorMod(seed, 10L) * Weather.values().length / 10];
            leases = Math.floorMod(seed, 7L) != 0;
            watchful = Math.floorMod(seed, 3L) != 0;
            server = new SimulatedServer(simulation::nanos, new SimulatedServer.Observer() {
                @Override
                public void published(String channel, byte[] message) {
                    nodes.forEach(node -> node.redis.publish(message));
                }

                @Override
                public void expired(String key) {
                    excuse(key);
                }
            });
        }

        String outcome(boolean always) {
            String wrong;
            try {
                live();
            } finally {
                wrong = simulation.end();
            }
            return wrong == null && !always ? null : wrong + "\n  " + String.join("\n  ", trace);
        }

        private void live() {
            for (int i = 0; i < NODES; i++) {
                nodes.add(node(i));
            }
            if (!simulation.run(2 * SECOND)) {
                return;
            }
            for (int lot : steps) {
                begin(lot);
                // Now and then several at once.
                if (!simulation.chance(0.3) && !simulation.run(simulation.upTo(SECOND / 600))) {
                    return;
                }
            }
            if (simulation.runUntil("all calls have returned", () -> underWay == 0, PATIENCE)
                    && simulation.run(weather == Weather.FAILOVER ? LIFE.toNanos() + 10 * SECOND : 8 * SECOND)) {
                settle();
            }
        }

        /** Each node must have come to the last rows; nobody may be left over. */
        private void settle() {
            for (Node node : nodes) {
                for (int key = 0; key < KEYS; key++) {
                    node.raise(key, rows[key]);
                    get(node, key);
                }
            }
            if (!simulation.runUntil("the last calls have returned", () -> underWay == 0, PATIENCE)
                    || !simulation.run(LEASE + SECOND)) {
                return;
            }
            server.keys().keySet().stream()
                    .filter(name -> name.startsWith("wh:cache1:l:"))
                    .forEach(name -> simulation.fail("orphan lease " + name));
            boolean quiet = nodes.stream().allMatch(node -> node.redis.failures() == 0);
            for (int key = 0; key < KEYS; key++) {
                if (weather == Weather.CALM && leases && quiet && loads[key] > 1 + excuses[key]) {
                    simulation.fail("k" + key + " was loaded " + loads[key] + " times; " + excuses[key]
                            + " ends of values and leases excuse " + (1 + excuses[key]));
                }
            }
        }

        private Node node(int number) {
            long skew = Duration.ofMinutes(simulation.random().nextInt(10)).toNanos();
            SimulatedRedis redis = new SimulatedRedis(
                    simulation,
                    (script, keys, arguments, late) -> carryOut(number, script, keys, arguments, late),
                    hearing(number),
                    () -> simulation.nanos() + skew);
            // Its classes were given other names: there it is the one that it needs.
            Cache<String, String> cache = Cache.<String, String>builder(
                            "model", (Redis) (Object) redis, keyCodec(), codec())
                    .expireAfterWrite(LIFE)
                    .nearExpireAfterWrite(LIFE)
                    .stampedeProtection(leases ? StampedeProtection.lease() : StampedeProtection.earlyExpiry(1))
                    .maximumQueuedInvalidations(simulation.chance(0.3) ? 1 : 100)
                    .tags((key, value) -> key(key + "}") < TAGGED ? List.of("t" + key(key + "}") % 2) : List.of())
                    .executor(task -> simulation.start("worker", task))
                    .ticker(() -> {
                        if (watchful) {
                            simulation.point();
                        }
                        return simulation.nanos() + skew;
                    })
                    .metrics(points())
                    .build();
            return new Node(number, redis, cache);
        }

        private KeyCodec<String> keyCodec() {
            return key -> {
                simulation.point();
                return key.getBytes(UTF_8);
            };
        }

        private Codec<String> codec() {
            return Codec.of(
                    text -> {
                        simulation.point();
                        return text.getBytes(UTF_8);
                    },
                    bytes -> {
                        // Now and then so slow that what was read meanwhile has become old.
                        if (simulation.chance(0.1)) {
                            simulation.pause(simulation.upTo(SECOND / 100));
                        } else {
                            simulation.point();
                        }
                        return new String(bytes, UTF_8);
                    });
        }

        /** What is counted happens between steps that others may come between. */
        private MetricSink points() {
            return new MetricSink() {
                @Override
                public Counter counter(String name, String... tags) {
                    return delta -> simulation.point();
                }

                @Override
                public Timer timer(String name, String... tags) {
                    return nanos -> simulation.point();
                }

                @Override
                public Registration gauge(String name, DoubleSupplier value, String... tags) {
                    return () -> {};
                }
            };
        }

        private SimulatedRedis.Hearing hearing(int number) {
            return new SimulatedRedis.Hearing() {
                @Override
                public Runnable message(byte[] message) {
                    // Its own ones come back to it while it is still about to forget.
                    List<Integer> keys = publisher == number ? List.of() : publishing;
                    int[] versions = rows.clone();
                    return () -> {
                        for (int key : keys) {
                            if (weather.compareTo(Weather.FLOODED) < 0) {
                                note(number + " heard that k" + key + " is older than " + versions[key]);
                                nodes.get(number).raise(key, versions[key]);
                            }
                        }
                    };
                }

                @Override
                public Runnable restored() {
                    int[] floors = farFloor.clone();
                    return () -> {
                        for (int key = 0; key < KEYS && weather.compareTo(Weather.FLOODED) < 0; key++) {
                            nodes.get(number).raise(key, floors[key]);
                        }
                    };
                }
            };
        }

        private Object carryOut(
                int node, RedisScript<?> script, List<byte[]> names, List<byte[]> arguments, boolean late) {
            if (simulation.chance(0.2)) {
                replica = server.copy();
            }
            String value = new String(names.get(0), ISO_8859_1);
            publisher = node;
            if (script == Scripts.INVALIDATE_TAG) {
                // After its length, and a letter.
                publishing = tagged(arguments.get(8)[2] - '0');
                publishing.forEach(key -> farFloor[key] = rows[key]);
            }
            boolean old = script == Scripts.INVALIDATE || script == Scripts.FENCE || script == Scripts.PUT;
            if (old) {
                publishing = List.of(key(value));
                farFloors.put(value, rows[key(value)]);
                farFloor[key(value)] = rows[key(value)];
                excuses[key(value)]++;
            }
            Object reply = server.run(script, names, arguments);
            publishing = List.of();
            note("Redis did " + SCRIPTS.getOrDefault(script, "something") + " for " + value + ": " + shown(reply));
            judge(script, value, reply);
            if (late) {
                judgeLate(script, reply);
            }
            return reply;
        }

        private void judge(RedisScript<?> script, String value, Object reply) {
            if ((script == Scripts.ABANDON && reply.equals(1L))) {
                excuse(value);
            } else if (script == Scripts.GET_OR_LEASE
                    && ((List<?>) reply).get(0).equals(Scripts.FENCED)) {
                excuse(value);
            } else if (script == Scripts.GET_OR_LEASE_ALL
                    || script == Scripts.INVALIDATE_TAG
                    || script == Scripts.NEXT_GENERATION) {
                for (int key = 0; key < KEYS; key++) {
                    excuses[key]++;
                }
            }
            server.keys().forEach((name, entry) -> {
                if (entry.until() == Long.MAX_VALUE) {
                    simulation.fail(name + " lives for ever");
                }
            });
            SimulatedServer.Entry stored = server.keys().get(value);
            if ((script == Scripts.FILL || script == Scripts.PUT) && stored != null) {
                int version = version((String) stored.value());
                int floor = farFloors.getOrDefault(value, 0);
                if (version < floor && weather != Weather.FAILOVER) {
                    simulation.fail("Redis stored version " + version + " of k" + key(value) + " after " + floor
                            + " was invalidated there");
                }
            }
        }

        /** A command that came when its caller had long given up must not have done what it would have done in time. */
        private void judgeLate(RedisScript<?> script, Object reply) {
            if (script == Scripts.GET_OR_LEASE && isVerdict(reply, Scripts.LEASED)
                    || script == Scripts.GET_OR_LEASE_ALL
                            && ((List<?>) reply).stream().anyMatch(each -> isVerdict(each, Scripts.LEASED))) {
                simulation.fail("a lease was taken for a caller who had given up");
            } else if (script == Scripts.PUT && isVerdict(reply, Scripts.HIT)) {
                simulation.fail("a value was put for a caller who had given up");
            }
        }

        private static boolean isVerdict(Object reply, long verdict) {
            return ((List<?>) reply).get(0).equals(verdict);
        }

        private static List<Integer> tagged(int tag) {
            return IntStream.range(0, TAGGED)
                    .filter(key -> key % 2 == tag)
                    .boxed()
                    .toList();
        }

        private static String shown(Object reply) {
            return reply instanceof byte[] bytes
                    ? bytes.length > 40 ? "version " + version(new String(bytes, ISO_8859_1)) : "bytes"
                    : reply instanceof List<?> list
                            ? list.stream().map(Run::shown).toList().toString()
                            : "" + reply;
        }

        private void note(String what) {
            trace.add(TimeUnit.NANOSECONDS.toMicros(simulation.nanos()) + " us: " + what);
        }

        private static int version(String stored) {
            Frame frame =
                    Frame.read(stored.getBytes(ISO_8859_1), new TagTable(1)).orElseThrow();
            return Integer.parseInt(new String(frame.payload(), UTF_8));
        }

        /** A value or a lease of this name ended otherwise than by being filled. */
        private void excuse(String name) {
            if (name.startsWith("wh:cache1:v:") || name.startsWith("wh:cache1:l:")) {
                excuses[key(name)]++;
            }
        }

        private static int key(String name) {
            return name.charAt(name.length() - 2) - '0';
        }

        private void begin(int lot) {
            Step step = Step.of(lot & 0xffff, weather);
            Node node = nodes.get((lot >>> 16 & 0xff) % NODES);
            int key = (lot >>> 24) % KEYS;
            note(step + " on " + node.number + ", k" + key);
            switch (step) {
                case GET -> get(node, key);
                case GET_ASYNC -> getAsync(node, key);
                case GET_ALL -> getAll(node);
                case GET_IF_PRESENT -> getIfPresent(node, key);
                case INVALIDATE -> write(node, key, false);
                case PUT -> write(node, PUT_KEY, true);
                case FENCED_WRITE -> writeFenced(node, key);
                case INVALIDATE_TAG -> writeTagged(node, key % 2);
                case PASS_TIME -> simulation.run(simulation.upTo(2 * SECOND / 5));
                case EVICT_LEASE -> evict("wh:cache1:l:", key);
                case EVICT_VALUE -> evict("wh:cache1:v:", key);
                case STALL -> node.redis.stall(simulation.upTo(SECOND / 5));
                case CUT -> node.redis.cut();
                case DEAFEN -> node.redis.deafen();
                case DEAFEN_UNNOTICED -> node.redis.deafenUnnoticed();
                case CLEAR -> clear(node);
                case FLUSH -> server.flush();
                case FAIL_OVER -> {
                    server.restore(replica);
                    nodes.forEach(each -> {
                        each.redis.cut();
                        each.redis.deafen();
                    });
                }
            }
        }

        private void evict(String prefix, int key) {
            List.copyOf(server.keys().keySet()).stream()
                    .filter(name -> name.startsWith(prefix) && key(name) == key)
                    .forEach(server::remove);
        }

        private void call(String name, Node node, Runnable body) {
            underWay++;
            simulation.start(name + " on " + node.number, () -> {
                body.run();
                note(name + " on " + node.number + " returned");
                underWay--;
            });
        }

        private String load(String name) {
            int key = key(name + "}");
            loads[key]++;
            simulation.point();
            String read = Integer.toString(rows[key]);
            simulation.pause(duration());
            if (simulation.chance(0.1)) {
                throw new LoadFailed();
            }
            return read;
        }

        /** Now and then longer than a lease. */
        private long duration() {
            return simulation.chance(0.05) ? simulation.upTo(6 * SECOND) : simulation.upTo(SECOND / 300);
        }

        private void seen(Node node, int key, int atLeast, String value, String how) {
            note(how + " on " + node.number + " of k" + key + " saw " + value);
            if (Integer.parseInt(value) < atLeast && weather != Weather.FAILOVER) {
                simulation.fail(how + " on " + node.number + " of k" + key + " saw " + value + ", which was older than "
                        + atLeast + " when it began");
            } else if (Integer.parseInt(value) > rows[key]) {
                simulation.fail(how + " saw what is not there yet: " + value);
            }
        }

        private void get(Node node, int key) {
            call("get of k" + key, node, () -> {
                int atLeast = node.floor[key];
                try {
                    seen(node, key, atLeast, node.cache.get("k" + key, this::load), "get");
                } catch (LoadFailed e) {
                    retryAtTheEnd(node, key);
                }
            });
        }

        private void retryAtTheEnd(Node node, int key) {
            if (simulation.chance(0.5)) {
                get(node, key);
            }
        }

        private void getAsync(Node node, int key) {
            underWay++;
            simulation.start("getAsync", () -> {
                int atLeast = node.floor[key];
                node.cache.getAsync("k" + key, this::loadAsync).whenComplete((value, error) -> {
                    underWay--;
                    if (error == null) {
                        seen(node, key, atLeast, value, "getAsync");
                    } else if (!(AsyncReads.unwrapped(error) instanceof LoadFailed)) {
                        simulation.fail("getAsync failed: " + error);
                    }
                });
            });
        }

        private CompletionStage<String> loadAsync(String name) {
            int key = key(name + "}");
            loads[key]++;
            String read = Integer.toString(rows[key]);
            CompletableFuture<String> loaded = new CompletableFuture<>();
            simulation.after(duration(), () -> {
                if (simulation.chance(0.1)) {
                    loaded.completeExceptionally(new LoadFailed());
                } else {
                    loaded.complete(read);
                }
            });
            return loaded;
        }

        private void getAll(Node node) {
            call("getAll", node, () -> {
                int[] atLeast = node.floor.clone();
                try {
                    Map<String, String> found = node.cache.getAll(List.of("k0", "k1", "k2", "k3"), this::loadAll);
                    for (int key = 0; key < KEYS; key++) {
                        seen(node, key, atLeast[key], found.get("k" + key), "getAll");
                    }
                } catch (LoadFailed e) {
                    note("getAll failed");
                }
            });
        }

        private Map<String, String> loadAll(Collection<String> names) {
            Map<String, String> read = new HashMap<>();
            for (String name : Set.copyOf(names)) {
                loads[key(name + "}")]++;
                simulation.point();
                read.put(name, Integer.toString(rows[key(name + "}")]));
            }
            simulation.pause(duration());
            if (simulation.chance(0.1)) {
                throw new LoadFailed();
            }
            return read;
        }

        private void getIfPresent(Node node, int key) {
            call("getIfPresent of k" + key, node, () -> {
                int atLeast = Math.max(node.floor[key], node.redis.failures() == 0 ? node.fenced[key] : 0);
                String value = node.cache.getIfPresent("k" + key);
                if (value != null) {
                    seen(node, key, atLeast, value, "getIfPresent");
                }
            });
        }

        private void write(Node node, int key, boolean put) {
            call((put ? "put of k" : "invalidate of k") + key, node, () -> {
                takeTurn(key);
                int written = ++rows[key];
                simulation.point();
                if (put) {
                    node.cache.put("k" + key, Integer.toString(written));
                } else {
                    InvalidateResult result = node.cache.invalidate("k" + key);
                    note("invalidate of version " + written + " of k" + key + ": " + result);
                }
                node.raise(key, written);
                beingWritten[key] = false;
            });
        }

        private void takeTurn(int key) {
            if (key == PUT_KEY) {
                simulation.await(() -> !beingWritten[key], Long.MAX_VALUE);
                while (beingWritten[key]) {
                    simulation.await(() -> !beingWritten[key], Long.MAX_VALUE);
                }
                beingWritten[key] = true;
            }
        }

        private void writeFenced(Node node, int key) {
            call("fenced write of k" + key, node, () -> {
                takeTurn(key);
                Cache.Fence fence = node.cache.fence("k" + key, Duration.ofSeconds(30));
                simulation.pause(duration());
                int written = ++rows[key];
                boolean calm = weather == Weather.CALM;
                node.fenced[key] = calm && fence.standsForAll() ? written : 0;
                simulation.pause(duration());
                // Now and then the writer dies here: the fence has kept what is old from being stored.
                if (node.fenced[key] == 0 || node.redis.failures() > 0 || simulation.chance(0.7)) {
                    node.fenced[key] = 0;
                    fence.release();
                    node.raise(key, written);
                }
                beingWritten[key] = false;
            });
        }

        private void writeTagged(Node node, int tag) {
            call("invalidation of tag t" + tag, node, () -> {
                int[] written = new int[KEYS];
                for (int key : tagged(tag)) {
                    takeTurn(key);
                    written[key] = ++rows[key];
                }
                simulation.point();
                node.cache.invalidateTag("t" + tag);
                for (int key : tagged(tag)) {
                    node.raise(key, written[key]);
                    beingWritten[key] = false;
                }
            });
        }

        private void clear(Node node) {
            call("clear", node, () -> {
                int[] written = new int[KEYS];
                for (int key = 0; key < KEYS; key++) {
                    takeTurn(key);
                    written[key] = ++rows[key];
                }
                node.cache.clear();
                for (int key = 0; key < KEYS; key++) {
                    node.raise(key, written[key]);
                    beingWritten[key] = false;
                }
            });
        }
    }
}
