package dev.wellhead.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Faults of a real server and of the way to it. Invariants: each call returns by its budget (bounds here tell a hang from a
 * busy machine), what was given up is never charged, Redis decides again by itself, and every key expires.
 */
class RedisFaultsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration BUDGET = Duration.ofMillis(100);
    private static final Duration HANG = Duration.ofSeconds(10);
    private static final int CALLS = 40;

    private final Limit limit = Limit.tokenBucket("limit", 1_000, Duration.ofDays(1));
    private RedisServer server;
    private FaultProxy proxy;
    private Redis redis;
    private RateLimiter limiter;

    private void start(RedisServer.Builder options) {
        server = options.start();
        proxy = FaultProxy.to(server.port());
        redis = Redis.builder(RedisURI.create("127.0.0.1", proxy.port()))
                .budget(BUDGET)
                // So that all calls leave for the server, whatever became of those before.
                .breaker(1_000_000, Duration.ofMillis(100))
                .connectTimeout(HANG)
                .build();
        limiter = RateLimiter.redis(redis)
                .onFailure(FailurePolicy.closed())
                .denialMaxAge(Duration.ZERO)
                .build();
        awaitRedis();
    }

    @AfterEach
    void stop() {
        redis.close();
        proxy.close();
        server.close();
    }

    @Test
    void callsIntoABlackHoleEndWithTheirBudgetAndAreNotCharged() {
        start(RedisServer.builder());
        proxy.halfOpen();

        assertAllClosedInTime();
        // What a network swallows for good it does not deliver later: such a connection is reset.
        proxy.heal().reset();

        awaitRedis();
        assertThat(left()).isEqualTo(1_000);
    }

    @Test
    void slowScriptOfAnotherClientHoldsNobodyAndChargesNobodyLate() {
        // For two seconds it says nothing at all, and then lets the script be killed.
        start(RedisServer.builder().setting("busy-reply-threshold", "2000"));
        try (Redis other = patient();
                Redis admin = patient()) {
            CompletableFuture<?> slow = endlessScript(other);
            await().atMost(SOON).until(() -> tryOnce() == Source.CLOSED);
            CompletableFuture<?> kill = CompletableFuture.runAsync(() -> admin.call(commands -> commands.scriptKill()));
            int allowed = 0;

            while (!kill.isDone()) {
                long called = System.nanoTime();
                allowed += limiter.tryAcquire(limit, "k").allowed() ? 1 : 0;
                assertThat(Duration.ofNanos(System.nanoTime() - called)).isLessThan(HANG);
            }

            await().atMost(SOON).until(slow::isDone);
            awaitRedis();
            // The last may have been served in time, and its answer come too late.
            assertThat(left()).isBetween(999L - allowed, 1_000L - allowed);
        }
    }

    @Test
    void endlessScriptOfAnotherClientGoesByThePolicyUntilItIsKilled() {
        start(RedisServer.builder().setting("busy-reply-threshold", "20"));
        try (Redis other = patient();
                Redis admin = patient()) {
            CompletableFuture<?> endless = endlessScript(other);
            await().atMost(SOON).until(() -> tryOnce() == Source.CLOSED);

            assertAllClosedInTime();
            admin.call(commands -> commands.scriptKill());

            await().atMost(SOON).until(endless::isDone);
            awaitRedis();
            assertThat(left()).isEqualTo(1_000);
        }
    }

    @Test
    void serverThatLoadsItsDataGoesByThePolicyUntilItHasLoaded() throws InterruptedException {
        start(RedisServer.builder()
                .setting("key-load-delay", "10000")
                .setting("loading-process-events-interval-bytes", "1024")
                .setting("rdbcompression", "no"));
        limiter.tryAcquire(Ask.of(limit, "k", 700));
        try (Redis admin = patient()) {
            String fill = "for i = 1, 9000 do redis.call('SET', 'k' .. i, string.rep('x', 1024)) end return 1";
            admin.call(commands -> commands.eval(fill, ScriptOutputType.INTEGER));
            admin.call(commands -> commands.save());
        }
        server.kill();
        Thread starting = new Thread(server::start);
        starting.start();
        await().atMost(SOON).untilAsserted(() -> assertThat(tryWhy()).contains("LOADING"));

        assertAllClosedInTime();
        await().atMost(SOON).ignoreExceptions().until(() -> {
            try (Socket admin = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                admin.getOutputStream().write("CONFIG SET key-load-delay 0\r\n".getBytes(US_ASCII));
                return admin.getInputStream().read() == '+';
            }
        });

        starting.join();
        awaitRedis();
        // Loaded with the rest: what was spent is spent.
        assertThat(limiter.peek(Ask.of(limit, "k")).remaining()).isEqualTo(300);
    }

    @Test
    void flushesWhileCallsRunCostABurstEachAndNoError() throws InterruptedException {
        start(RedisServer.builder());
        Limit ten = Limit.tokenBucket("ten", 10, Duration.ofDays(1));
        Callers callers = Callers.start(limiter, ten, "k");
        int flushes = 5;
        try (Redis admin = patient()) {
            for (int flush = 1; flush <= flushes; flush++) {
                int full = flush * 10;
                await().atMost(SOON).until(() -> callers.allowed() >= full - 5);
                admin.call(commands -> commands.flushall());
            }
            await().atMost(SOON).until(() -> callers.allowed() > (flushes - 1) * 10 + 5);
        }

        callers.stop();

        assertThat(callers.allowed()).isLessThanOrEqualTo((flushes + 1) * 10);
        assertThat(limiter.stats().stateLosses()).isPositive();
        assertThat(callers.slowest()).isLessThan(HANG);
        assertEveryKeyExpires();
    }

    // A client that dies between two bytes of a command, wherever that is.
    @Test
    void halfACommandLeavesNoKeyWithoutExpiry() throws IOException {
        start(RedisServer.builder());
        AtomicReference<String> text = new AtomicReference<>();
        LimitScript script = new LimitScript(LimitLua.SERVER_CLOCK, LimitLua.GRACE_MILLIS, lua -> {
            text.set(lua);
            return lua;
        });
        Ask ask = Ask.of(limit, "half").and(Limit.slidingLog("log", 5, Duration.ofDays(1)), "half");
        List<byte[]> command = new ArrayList<>();
        for (String part : List.of("EVAL", text.get(), "2")) {
            command.add(part.getBytes(US_ASCII));
        }
        ask.charges().forEach(charge -> command.add(("rl:" + charge.id()).getBytes(US_ASCII)));
        command.addAll(script.arguments(ask, true, Long.MAX_VALUE / 2_000));
        byte[] bytes = resp(command);

        int sent = 0;
        for (int length = 0; length < bytes.length; length += length < bytes.length - 400 ? 101 : 1) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                // Every other one is reset, as by the death of its host.
                socket.setSoLinger(sent % 2 == 0, 0);
                socket.getOutputStream().write(bytes, 0, length);
            }
            sent++;
        }

        assertThat(sent).isGreaterThan(400);
        assertThat(left(ask)).isEqualTo(List.of(1_000L, 5L));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(bytes);
            assertThat(socket.getInputStream().read()).isEqualTo('*');
        }
        assertThat(left(ask)).isEqualTo(List.of(999L, 4L));
        assertEveryKeyExpires();
    }

    private static List<Long> left(RateLimiter limiter, Ask ask) {
        return limiter.peek(ask).quotas().stream()
                .map(Decision.Quota::remaining)
                .toList();
    }

    private List<Long> left(Ask ask) {
        try (Redis patient = patient()) {
            return left(RateLimiter.redis(patient).build(), ask);
        }
    }

    private long left() {
        return left(Ask.of(limit, "k")).get(0);
    }

    private static CompletableFuture<?> endlessScript(Redis client) {
        return CompletableFuture.supplyAsync(
                () -> client.<Object>call(commands -> commands.eval("while true do end", ScriptOutputType.STATUS)));
    }

    private void assertAllClosedInTime() {
        long start = System.nanoTime();
        List<CompletableFuture<Decision>> calls = new ArrayList<>();
        for (int call = 0; call < CALLS; call++) {
            calls.add(limiter.tryAcquireAsync(Ask.of(limit, "k")).toCompletableFuture());
            if (call % 4 == 0) {
                assertThat(limiter.tryAcquire(limit, "k").source()).isEqualTo(Source.CLOSED);
            }
        }
        calls.forEach(call -> assertThat(call.join().source()).isEqualTo(Source.CLOSED));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(HANG);
    }

    private void assertEveryKeyExpires() {
        try (Redis patient = patient()) {
            List<byte[]> keys = patient.call(commands -> commands.keys("rl:*"));
            assertThat(keys).isNotEmpty();
            for (byte[] key : keys) {
                assertThat(patient.<Long>call(commands -> commands.pttl(key))).isPositive();
            }
        }
    }

    private Source tryOnce() {
        return limiter.tryAcquire(Limit.tokenBucket("warm", 1_000_000, Duration.ofSeconds(1)), "warm")
                .source();
    }

    private String tryWhy() {
        tryOnce();
        return limiter.health().detail();
    }

    /** Also where a test with a small budget begins: the first call of a JVM is slow. */
    private void awaitRedis() {
        await().atMost(SOON).until(() -> tryOnce() == Source.REDIS);
    }

    private Redis patient() {
        return Redis.builder(RedisURI.create(server.uri()))
                .budget(SOON)
                .connectTimeout(SOON)
                .build();
    }

    private static byte[] resp(List<byte[]> command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("*" + command.size() + "\r\n").getBytes(US_ASCII));
        for (byte[] part : command) {
            out.writeBytes(("$" + part.length + "\r\n").getBytes(US_ASCII));
            out.writeBytes(part);
            out.writeBytes("\r\n".getBytes(US_ASCII));
        }
        return out.toByteArray();
    }
}
