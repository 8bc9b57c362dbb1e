package dev.wellhead.redis;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.Options;
import dev.wellhead.redis.RedisUnavailableException.Reason;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of one Redis, shared by any number of caches and limiters. Every call ends within its budget, with an answer
 * or a {@link RedisUnavailableException}; after a few failures in a row a breaker refuses calls at once, and a probe in
 * the background opens the way again. Redis need not be there when the client is built.
 *
 * <p>Thread-safe. Whoever builds it closes it.
 */
public final class Redis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);

    private final String name;
    private final long budgetNanos;
    private final long probeNanos;
    private final Ticker ticker;
    private final RedisListener listener;
    private final Link link;
    private final Breaker breaker;
    private final RedisClock clock;
    private final CallCounter counter;
    private final List<MetricSink.Registration> gauges;
    // Done when Redis has answered for the first time: from then on its time is known.
    private final CompletableFuture<Void> firstAnswer = new CompletableFuture<>();
    // What opened the breaker, for messages and health; null while it is closed.
    private volatile @Nullable RedisUnavailableException lastCause;

    private Redis(Builder options) {
        name = "redis '" + options.name + "'";
        budgetNanos = options.budgetNanos;
        probeNanos = options.probeNanos;
        ticker = options.ticker;
        listener = options.listener;
        breaker = new Breaker(options.failures);
        clock = new RedisClock(ticker);
        counter = new CallCounter(options.metrics, options.name, ticker);
        link = new Link(options.uri, options.resources, options.queue, this::probe);
        gauges = List.of(
                options.metrics.gauge(
                        "wellhead.redis.connected", () -> link.isConnected() ? 1 : 0, "redis", options.name),
                options.metrics.gauge(
                        "wellhead.redis.breaker.open", () -> breaker.isOpen() ? 1 : 0, "redis", options.name));
    }

    /** Starts the options of a client for this address, which may hold user, password and database. */
    public static Builder builder(RedisURI uri) {
        return new Builder(uri);
    }

    /** The options of a client. For one thread. */
    public static final class Builder {
        private final RedisURI uri;
        private String name = "redis";
        private @Nullable ClientResources resources;
        private long budgetNanos = TimeUnit.MILLISECONDS.toNanos(50);
        private long connectNanos = TimeUnit.SECONDS.toNanos(1);
        private int failures = 3;
        private long probeNanos = TimeUnit.SECONDS.toNanos(1);
        private int queue = 10_000;
        private Ticker ticker = Ticker.system();
        private MetricSink metrics = MetricSink.none();
        private RedisListener listener = new RedisListener() {};

        private Builder(RedisURI uri) {
            this.uri = uri;
        }

        /** Names the client in messages and metrics. Default: {@code redis}. */
        public Builder name(String name) {
            this.name = Options.name("name", name);
            return this;
        }

        /**
         * Shares the host's threads. The reconnect delay is set on a copy, so the host's own clients keep theirs; the
         * host shuts its resources down, after this client. Default: resources of its own.
         */
        public Builder resources(ClientResources resources) {
            this.resources = resources;
            return this;
        }

        /** Bounds every call, from the request to the answer. Default: 50 ms. */
        public Builder budget(Duration budget) {
            this.budgetNanos = Options.positiveNanos("budget", budget);
            return this;
        }

        /** Bounds how long {@link #build()} waits for the first answer before it goes on without. Default: 1 s. */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectNanos = Options.positiveNanos("connectTimeout", connectTimeout);
            return this;
        }

        /**
         * Sets how many calls in a row must fail for the breaker to open, and how often it is then tried in the
         * background whether Redis is back. Default: 3 and 1 s; a connection made again is tried at once.
         */
        public Builder breaker(int failures, Duration probeEvery) {
            this.failures = Options.atLeast("failures", 1, failures);
            this.probeNanos = Options.positiveNanos("probeEvery", probeEvery);
            return this;
        }

        /** Bounds how many calls may be under way at once; more fail at once. Default: 10,000. */
        public Builder queue(int queue) {
            this.queue = Options.atLeast("queue", 1, queue);
            return this;
        }

        /** Receives {@code wellhead.redis.*}. Default: none. */
        public Builder metrics(MetricSink metrics) {
            this.metrics = metrics;
            return this;
        }

        /** Hears when Redis goes and comes. Default: nobody. */
        public Builder listener(RedisListener listener) {
            this.listener = listener;
            return this;
        }

        /** Replaces the clock for durations. Default: {@link Ticker#system()}. */
        public Builder ticker(Ticker ticker) {
            this.ticker = ticker;
            return this;
        }

        /**
         * Builds the client and waits for the first answer, at most the connect timeout. A Redis that is not there is
         * no error: it is logged, calls fail fast, and connecting goes on in the background.
         */
        public Redis build() {
            Redis redis = new Redis(this);
            redis.connect(connectNanos);
            return redis;
        }
    }

    /**
     * Runs a script and waits for its result, at most the budget. An interrupt ends the wait as if the budget had run
     * out; the flag stays set.
     *
     * @throws RedisUnavailableException if there is no result in time
     */
    public <T extends @Nullable Object> T run(RedisScript<T> script, List<byte[]> keys, List<byte[]> arguments) {
        return await(dispatch(commands -> evaluate(commands, script, keys, arguments)));
    }

    /**
     * Runs a script. The stage ends within the budget, on a thread of the client: what depends on it must not block.
     * It fails with {@link RedisUnavailableException} only.
     */
    public <T extends @Nullable Object> CompletionStage<T> runAsync(
            RedisScript<T> script, List<byte[]> keys, List<byte[]> arguments) {
        return bounded(dispatch(commands -> evaluate(commands, script, keys, arguments)));
    }

    /**
     * Sends any command and waits for its result, at most the budget.
     *
     * @param command starts the command on the shared connection; must not block, nor change the connection's state
     * @throws RedisUnavailableException if there is no result in time
     */
    public <T extends @Nullable Object> T call(Function<RedisAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        return await(dispatch(commands -> command.apply(commands).toCompletableFuture()));
    }

    /**
     * Sends any command. The stage ends within the budget, on a thread of the client: what depends on it must not block.
     * It fails with {@link RedisUnavailableException} only.
     *
     * @param command starts the command on the shared connection; must not block, nor change the connection's state
     */
    public <T extends @Nullable Object> CompletionStage<T> callAsync(
            Function<RedisAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        return bounded(dispatch(commands -> command.apply(commands).toCompletableFuture()));
    }

    /**
     * Listens to a channel, on a connection of its own that is made again whenever it breaks. Returns at once; {@link
     * Subscription.Listener#restored()} says when it is subscribed.
     */
    public Subscription subscribe(String channel, Subscription.Listener receiver) {
        return link.subscribe(channel, receiver);
    }

    /** Returns what is known of Redis' own time. */
    public RedisClock clock() {
        return clock;
    }

    /** Returns the bound of every call. */
    public Duration budget() {
        return Duration.ofNanos(budgetNanos);
    }

    /** Returns what happened so far. Never blocks. */
    public RedisStats stats() {
        return counter.stats(link.isConnected(), breaker.isOpen());
    }

    /** Returns DEGRADED while Redis is away, since callers go on without it. Never blocks, asks nobody. */
    public Health health() {
        RedisUnavailableException cause = lastCause;
        if (breaker.isOpen() && cause != null) {
            return Health.degraded(name + " is away, calls go on without it: " + cause.getMessage());
        }
        return link.isConnected() ? Health.up(name + " answers") : Health.degraded(name + " is not connected");
    }

    /** Closes the connections and, unless they are the host's, the threads; calls under way fail. Idempotent. */
    @Override
    public void close() {
        gauges.forEach(MetricSink.Registration::close);
        link.close();
    }

    private void connect(long patienceNanos) {
        link.connect();
        try {
            firstAnswer.get(patienceNanos, TimeUnit.NANOSECONDS);
            LOG.info("{} connected to {}", name, link.address());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn(
                    "{} at {} does not answer; going on without it, connecting in the background",
                    name,
                    link.address());
        }
    }

    private <T extends @Nullable Object> CompletableFuture<T> evaluate(
            RedisAsyncCommands<byte[], byte[]> commands,
            RedisScript<T> script,
            List<byte[]> keys,
            List<byte[]> arguments) {
        byte[][] keyArray = keys.toArray(byte[][]::new);
        byte[][] argumentArray = arguments.toArray(byte[][]::new);
        CompletableFuture<T> known = commands.<T>evalsha(script.sha(), script.output(), keyArray, argumentArray)
                .toCompletableFuture();
        return known.handle((result, error) -> {
                    if (error != null && Failures.unwrap(error) instanceof RedisNoScriptException) {
                        counter.scriptLoaded();
                        return commands.<T>eval(script.source(), script.output(), keyArray, argumentArray)
                                .toCompletableFuture();
                    }
                    return known;
                })
                .thenCompose(Function.identity());
    }

    /** Starts a call: refused by the breaker, failed at once, or under way. Counts how it ends. */
    private <T extends @Nullable Object> CompletableFuture<T> dispatch(
            Function<RedisAsyncCommands<byte[], byte[]>, CompletableFuture<T>> command) {
        if (breaker.isOpen()) {
            counter.shortCircuited();
            return CompletableFuture.failedFuture(refusal());
        }
        long start = counter.start();
        CompletableFuture<T> call;
        try {
            call = command.apply(link.commands());
        } catch (RuntimeException e) {
            call = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        CompletableFuture<T> sent = call;
        sent.whenComplete((value, error) -> {
            if (error == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(Failures.of(name, error));
            }
        });
        // Whoever gives up completes the result first; then the command is withdrawn, if it has not left yet.
        result.whenComplete((value, error) -> {
            ended(error, start);
            if (error != null) {
                sent.cancel(true);
            }
        });
        return result;
    }

    private void ended(@Nullable Throwable error, long start) {
        if (error == null) {
            breaker.succeeded();
            counter.succeeded(start);
            return;
        }
        RedisUnavailableException failure = Failures.of(name, error);
        counter.failed(failure.reason(), start);
        // An error that Redis gave for this call alone says nothing against Redis, nor does an impatient caller.
        boolean counts = failure.reason() != Reason.FAILED && !(failure.getCause() instanceof InterruptedException);
        if (counts && breaker.failed()) {
            opened(failure);
        }
    }

    private <T extends @Nullable Object> T await(CompletableFuture<T> call) {
        try {
            return call.get(budgetNanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw Failures.of(name, e);
        } catch (TimeoutException e) {
            throw givenUp(call, "budget of " + budget().toMillis() + " ms used up");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            RedisUnavailableException failure = new RedisUnavailableException(
                    Reason.TIMEOUT, name + ": interrupted while waiting for the answer", e);
            call.completeExceptionally(failure);
            throw failure;
        }
    }

    private RedisUnavailableException givenUp(CompletableFuture<?> call, String why) {
        RedisUnavailableException failure = Failures.of(name, new TimeoutException(why));
        call.completeExceptionally(failure);
        return failure;
    }

    private <T extends @Nullable Object> CompletionStage<T> bounded(CompletableFuture<T> call) {
        if (!call.isDone()) {
            Future<?> alarm =
                    link.schedule(() -> givenUp(call, "budget of " + budget().toMillis() + " ms used up"), budgetNanos);
            call.whenComplete((value, error) -> alarm.cancel(false));
        }
        return call.minimalCompletionStage();
    }

    private RedisUnavailableException refusal() {
        RedisUnavailableException cause = lastCause;
        return new RedisUnavailableException(
                Reason.BREAKER_OPEN,
                name + ": not asked, since the last calls failed; tried again in the background"
                        + (cause == null ? "" : " (" + cause.getMessage() + ")"),
                null);
    }

    private void opened(RedisUnavailableException cause) {
        lastCause = cause;
        counter.breakerOpened();
        LOG.warn("{} is away, calls go on without it: {}", name, cause.getMessage());
        notify(listening -> listening.unavailable(cause));
        probeLater();
    }

    private void probeLater() {
        link.schedule(this::probe, probeNanos);
    }

    /** Asks for the time: it answers whether Redis is there, and what its clock says. */
    private void probe() {
        CompletableFuture<List<byte[]>> answer;
        try {
            answer = link.commands().time().toCompletableFuture();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<List<byte[]>> probe = answer;
        if (!probe.isDone()) {
            Future<?> alarm = link.schedule(() -> probe.cancel(true), budgetNanos);
            probe.whenComplete((time, error) -> alarm.cancel(false));
        }
        probe.whenComplete((time, error) -> {
            if (error == null) {
                clock.observe(RedisTime.micros(time));
                firstAnswer.complete(null);
                if (breaker.probeSucceeded()) {
                    lastCause = null;
                    LOG.info("{} is back", name);
                    notify(RedisListener::available);
                }
            } else if ((breaker.isOpen() || !firstAnswer.isDone()) && !link.isClosed()) {
                probeLater();
            }
        });
    }

    private void notify(Consumer<RedisListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            LOG.error("listener {} failed", listener.getClass().getName(), e);
        }
    }
}
