package dev.wellhead.redis;

import dev.wellhead.redis.RedisUnavailableException.Reason;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes breakers: asks a server that is away how it is, in the background, until it serves again. */
final class Prober implements Link.Watcher {
    /*
     * A server has at most one probe under way and one in store. Only probes close a breaker, and only the call that
     * opened it starts them; a connection made again is one more occasion.
     *
     * What is asked is what callers need. TIME alone would be answered by a replica or a full server, too, and the
     * breaker would close and open again for as long as it is one.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);

    // Refused whenever a write that needs memory is; writes nothing, since the key is never there. KEYS any.
    private static final String PROBE = """
            redis.call('SET', KEYS[1], '', 'XX', 'PX', 1)
            local time = redis.call('TIME')
            return {time[1], time[2]}
            """;

    private final String name;
    private final Threads threads;
    private final Link link;
    private final long budgetNanos;
    private final long everyNanos;
    private final RedisListener listener;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final AtomicInteger away = new AtomicInteger();

    Prober(String name, Threads threads, Link link, long budgetNanos, long everyNanos, RedisListener listener) {
        this.name = name;
        this.threads = threads;
        this.link = link;
        this.budgetNanos = budgetNanos;
        this.everyNanos = everyNanos;
        this.listener = listener;
    }

    /** Returns what is done when all servers that are known at the start have answered. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    @Override
    public void connected(Server server) {
        probe(server);
    }

    @Override
    public void complete() {
        CompletableFuture<?>[] answers =
                link.servers().stream().map(server -> server.answered).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(answers).whenComplete((done, error) -> ready.complete(null));
    }

    /** A call failed that made the breaker open. */
    void opened(Server server, RedisUnavailableException cause) {
        server.cause(cause);
        LOG.warn("{}: {} is away, calls go on without it: {}", name, server.name, cause.getMessage());
        if (away.incrementAndGet() == 1) {
            tell(() -> listener.unavailable(cause));
        }
        probeLater(server);
    }

    /** Looks for the master, when a server says that it is none. */
    void mend(Server server) {
        link.mend(server);
    }

    private void probeLater(Server server) {
        server.nextProbe(threads.schedule(() -> probe(server), everyNanos));
    }

    private void probe(Server server) {
        if (threads.isClosing() || !server.beginProbe()) {
            return;
        }
        CompletableFuture<List<byte[]>> probe = ask(server);
        Future<?> alarm = threads.schedule(
                () -> probe.completeExceptionally(new TimeoutException("no answer to a probe")), budgetNanos);
        probe.whenComplete((time, error) -> {
            alarm.cancel(false);
            server.endProbe();
            if (error == null) {
                serves(server, RedisTime.micros(time));
            } else {
                failed(server, Failures.of(name, error));
            }
        });
    }

    private CompletableFuture<List<byte[]>> ask(Server server) {
        CompletableFuture<List<byte[]>> answer = new CompletableFuture<>();
        try {
            byte[] key = link.keyOf(server);
            CompletionStage<List<byte[]>> asked = key == null ? time(server) : write(server, key);
            asked.whenComplete((time, error) -> {
                if (error == null) {
                    answer.complete(time);
                } else {
                    answer.completeExceptionally(error);
                }
            });
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    /** On the connection that callers use, which the key leads to. */
    private CompletionStage<List<byte[]>> write(Server server, byte[] key) {
        byte[] script = PROBE.getBytes(StandardCharsets.UTF_8);
        return link.commands()
                .<List<byte[]>>eval(script, ScriptOutputType.MULTI, new byte[][] {key})
                .handle((time, error) -> {
                    if (error == null) {
                        return CompletableFuture.completedFuture(time);
                    }
                    // Whoever may not ask so may still be served: the rights are the caller's affair.
                    return Failures.of(name, error).reason() == Reason.DENIED
                            ? time(server)
                            : CompletableFuture.<List<byte[]>>failedFuture(error);
                })
                .thenCompose(next -> next);
    }

    private CompletionStage<List<byte[]>> time(Server server) {
        return link.commands(server).thenCompose(commands -> commands.time());
    }

    private void serves(Server server, long micros) {
        // The answers before it may be another server's, or older than a step of the clock.
        if (server.breaker.isOpen()) {
            server.clock.forget();
        }
        server.clock.observe(micros);
        server.answered.complete(null);
        if (server.breaker.probeSucceeded()) {
            server.cause(null);
            LOG.info("{}: {} is back", name, server.name);
            if (away.decrementAndGet() == 0) {
                tell(listener::available);
            }
        }
    }

    private void failed(Server server, RedisUnavailableException failure) {
        boolean wanted = server.breaker.isOpen() || !server.answered.isDone();
        if (threads.isClosing() || !wanted) {
            return;
        }
        if (!link.knows(server)) {
            gone(server);
            return;
        }
        if (failure.reason() == Reason.TIMEOUT || Failures.isElsewhere(failure)) {
            link.mend(server);
        }
        if (server.answered.isDone()) {
            probeLater(server);
        } else {
            // It is new, and its connection may be about to be made.
            threads.retry(server.unansweredProbe(), () -> probe(server));
        }
    }

    /** The server is no master any more: nobody is sent to it, so nobody misses it. */
    private void gone(Server server) {
        server.answered.complete(null);
        if (server.breaker.probeSucceeded()) {
            LOG.info("{}: {} is no longer needed", name, server.name);
            if (away.decrementAndGet() == 0) {
                tell(listener::available);
            }
        }
    }

    private void tell(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            LOG.error("{}: listener {} failed", name, listener.getClass().getName(), e);
        }
    }
}
