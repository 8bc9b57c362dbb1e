package dev.wellhead.cache;

import dev.wellhead.core.Ticker;
import dev.wellhead.redis.RedisClock;
import dev.wellhead.redis.RedisInsides;
import dev.wellhead.redis.RedisScript;
import dev.wellhead.redis.RedisUnavailableException.Reason;
import dev.wellhead.redis.Subscription;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** In place of the client of Redis: a node's connections to a {@link SimulatedServer}, and what can happen to them. */
final class SimulatedRedis {
    /*
     * Commands and messages have a connection each, in which they keep their order; what is on its way takes as long as the
     * simulation likes. A connection that breaks loses answers, and commands from some point on: those before may still be
     * carried out, even after commands of the next connection.
     */
    static final Duration BUDGET = Duration.ofMillis(50);
    private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long NOTICE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final RedisScript<byte[]> GET = RedisScript.ofBytes("return redis.call('GET', KEYS[1])");
    private static final RedisScript<List<Object>> MGET = RedisScript.ofList("""
            local values = {}
            for i = 1, #KEYS do
              values[i] = redis.call('GET', KEYS[i])
            end
            return values
            """);

    /** Runs a command on the server; the model watches there. */
    interface Executor {
        /** @param late whether the caller has given up for want of time */
        Object run(RedisScript<?> script, List<byte[]> keys, List<byte[]> arguments, boolean late);
    }

    /** What the model does around what a node hears. */
    interface Hearing {
        /** Returns what to do once the node has taken in the message that is being published now. */
        Runnable message(byte[] message);

        /** Returns what to do once the node knows that it is subscribed again, as of now. */
        Runnable restored();
    }

    private final Simulation simulation;
    private final Executor server;
    private final Hearing hearing;
    private final RedisClock clock;
    private Connection commands;
    private Feed feed;
    private int failures;

    SimulatedRedis(Simulation simulation, Executor server, Hearing hearing, Ticker ticker) {
        this.simulation = simulation;
        this.server = server;
        this.hearing = hearing;
        clock = RedisInsides.clock(ticker, BUDGET);
        commands = new Connection();
    }

    private final class Connection {
        private final Simulation.Lane requests = simulation.new Lane();
        private final Simulation.Lane answers = simulation.new Lane();
        private final List<SimulatedFuture<?>> calls = new ArrayList<>();
        private boolean broken;

        void send(SimulatedFuture<Object> call, RedisScript<?> script, List<byte[]> keys, List<byte[]> arguments) {
            calls.add(call);
            // Times in commands are whole microseconds.
            long givenUp = simulation.nanos() + BUDGET.toNanos() + 1000;
            requests.add(() -> {
                Object answer = server.run(script, keys, arguments, simulation.nanos() > givenUp);
                if (!broken) {
                    answers.add(() -> call.complete(answer));
                }
            });
        }

        void breakDown() {
            broken = true;
            answers.keep(0);
            requests.keep(simulation.random().nextInt(requests.size() + 1));
            calls.forEach(call -> fail(call, Reason.DISCONNECTED));
        }
    }

    private final class Feed implements Subscription {
        private final Subscription.Listener listener;
        private final Simulation.Lane messages = simulation.new Lane();
        private boolean subscribed;

        Feed(Subscription.Listener listener) {
            this.listener = listener;
        }

        void subscribe() {
            subscribed = true;
            Runnable then = hearing.restored();
            messages.add(() -> {
                listener.restored();
                then.run();
            });
        }

        void publish(byte[] message) {
            if (subscribed) {
                Runnable then = hearing.message(message);
                messages.add(() -> {
                    listener.message(message);
                    then.run();
                });
            }
        }

        void breakDown(long noticedAfter) {
            if (subscribed) {
                subscribed = false;
                messages.keep(0);
                simulation.after(noticedAfter, () -> messages.add(listener::lost));
                simulation.after(noticedAfter + 1 + simulation.upTo(RECONNECT_NANOS), this::subscribe);
            }
        }

        @Override
        public void close() {
            subscribed = false;
        }
    }

    <T> SimulatedStage<T> runAsync(RedisScript<T> script, List<byte[]> keys, List<byte[]> arguments) {
        return start(script, keys, arguments);
    }

    <T> T run(RedisScript<T> script, List<byte[]> keys, List<byte[]> arguments) {
        return await(start(script, keys, arguments));
    }

    <T> T call(byte[] key, Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        return await(this.<T>callAsync(key, command).toCompletableFuture());
    }

    private static <T> T await(SimulatedFuture<T> call) {
        try {
            return call.join();
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    /** The two commands that the cache sends without a script are run by one. */
    @SuppressWarnings("unchecked") // As the commands' replies are.
    <T> SimulatedStage<T> callAsync(
            byte[] key, Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        List<byte[]> names = new ArrayList<>();
        boolean[] many = new boolean[1];
        RedisFuture<T> none = command.apply((RedisClusterAsyncCommands<byte[], byte[]>) Proxy.newProxyInstance(
                SimulatedRedis.class.getClassLoader(),
                new Class<?>[] {RedisClusterAsyncCommands.class},
                (proxy, method, arguments) -> {
                    many[0] = method.getName().equals("mget");
                    if (many[0]) {
                        names.addAll(List.of((byte[][]) arguments[0]));
                    } else if (method.getName().equals("get")) {
                        names.add((byte[]) arguments[0]);
                    } else {
                        throw new AssertionError("not simulated: " + method);
                    }
                    return null;
                }));
        assert none == null;
        if (!many[0]) {
            return (SimulatedStage<T>) start(GET, names, List.of());
        }
        return start(MGET, names, List.of()).thenApply(values -> {
            List<KeyValue<byte[], byte[]>> pairs = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                pairs.add(KeyValue.fromNullable(names.get(i), (byte[]) values.get(i)));
            }
            return (T) pairs;
        });
    }

    @SuppressWarnings("unchecked") // The script says what it returns.
    private <T> SimulatedFuture<T> start(RedisScript<T> script, List<byte[]> keys, List<byte[]> arguments) {
        SimulatedFuture<Object> call = new SimulatedFuture<>();
        if (simulation.isOver() || commands == null) {
            failures++;
            call.completeExceptionally(RedisInsides.unavailable(Reason.DISCONNECTED));
        } else {
            commands.send(call, script, List.copyOf(keys), List.copyOf(arguments));
            simulation.after(BUDGET.toNanos(), () -> fail(call, Reason.TIMEOUT));
        }
        return (SimulatedFuture<T>) call;
    }

    private void fail(SimulatedFuture<?> call, Reason reason) {
        if (!call.isDone()) {
            failures++;
            call.completeExceptionally(RedisInsides.unavailable(reason));
        }
    }

    Subscription subscribe(String channel, Subscription.Listener listener) {
        feed = new Feed(listener);
        feed.subscribe();
        return feed;
    }

    RedisClock clock() {
        return clock;
    }

    RedisClock clock(byte[] key) {
        return clock;
    }

    Duration budget() {
        return BUDGET;
    }

    boolean isCluster() {
        return false;
    }

    /** Returns how many calls got no answer. */
    int failures() {
        return failures;
    }

    void publish(byte[] message) {
        feed.publish(message);
    }

    /** Commands take longer than anybody waits. */
    void stall(long nanos) {
        if (commands != null) {
            commands.requests.holdUp(nanos);
        }
    }

    /** The connection for commands breaks, and is made again a little later. */
    void cut() {
        if (commands != null) {
            Connection broken = commands;
            commands = null;
            broken.breakDown();
            simulation.after(simulation.upTo(RECONNECT_NANOS), () -> commands = new Connection());
        }
    }

    /** The connection for messages breaks. */
    void deafen() {
        feed.breakDown(simulation.upTo(RECONNECT_NANOS / 10));
    }

    /** The connection for messages is dead, and nobody knows for a while. */
    void deafenUnnoticed() {
        feed.breakDown(simulation.upTo(NOTICE_NANOS));
    }
}
