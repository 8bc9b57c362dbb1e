package dev.wellhead.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.redis.RedisUnavailableException.Reason;
import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.Ports;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisTest {
    private static final RedisScript<Long> COUNT = RedisScript.ofInteger("return redis.call('INCR', KEYS[1])");
    private static final Duration SOON = Duration.ofSeconds(30);

    private RedisServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() {
        server = RedisServer.builder().start();
        proxy = FaultProxy.to(server.port());
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.close();
    }

    @Test
    void scriptRunsOnAServerThatDoesNotKnowItYetAndAfterItForgot() {
        try (Redis redis = connect(Duration.ofSeconds(5))) {
            assertThat(run(redis)).isEqualTo(1);
            assertThat(run(redis)).isEqualTo(2);
            assertThat(redis.stats().scriptLoads()).isEqualTo(1);

            redis.call(commands -> commands.scriptFlush());

            assertThat(run(redis)).isEqualTo(3);
            assertThat(redis.stats().scriptLoads()).isEqualTo(2);
        }
    }

    @Test
    void callOnAFrozenConnectionEndsWithItsBudgetAndTheBreakerOpens() {
        try (Redis redis = connect(Duration.ofMillis(50))) {
            awaitAnswer(redis);
            proxy.freeze();

            for (int failure = 0; failure < 3; failure++) {
                assertThat(failure(redis).reason()).isEqualTo(Reason.TIMEOUT);
            }
            RedisUnavailableException refused = failure(redis);

            assertThat(refused.reason()).isEqualTo(Reason.BREAKER_OPEN);
            assertThat(refused.code()).isEqualTo("WH-REDIS-003");
            assertThat(redis.health().status()).isEqualTo(Health.Status.DEGRADED);
            assertThat(redis.stats().breakerOpened()).isEqualTo(1);
        }
    }

    @Test
    void breakerClosesByItselfWhenRedisAnswersAgain() {
        try (Redis redis = connect(Duration.ofMillis(200))) {
            awaitAnswer(redis);
            server.kill();
            await().atMost(SOON).until(() -> failure(redis).reason() == Reason.BREAKER_OPEN);

            server.start();

            awaitAnswer(redis);
            assertThat(redis.health().status()).isEqualTo(Health.Status.UP);
        }
    }

    @Test
    void pausedServerIsForgivenWhenItGoesOn() {
        try (Redis redis = connect(Duration.ofMillis(200))) {
            awaitAnswer(redis);
            server.pause();
            assertThat(failure(redis).reason()).isEqualTo(Reason.TIMEOUT);

            server.resume();

            awaitAnswer(redis);
        }
    }

    @Test
    void redisThatIsNotThereAtTheStartIsUsedOnceItComes() {
        server.stop();
        try (Redis redis = connect(Duration.ofSeconds(5))) {
            assertThat(failure(redis).reason()).isIn(Reason.DISCONNECTED, Reason.BREAKER_OPEN);
            assertThat(redis.health().status()).isEqualTo(Health.Status.DEGRADED);

            server.start();

            awaitAnswer(redis);
            await().atMost(SOON).until(() -> redis.clock().notAfterMicros(Duration.ZERO) > 0);
        }
    }

    @Test
    void errorsOfOneCallDoNotOpenTheBreaker() {
        RedisScript<Long> wrong = RedisScript.ofInteger("return redis.call('INCR', 'a', 'b')");
        try (Redis redis = connect(Duration.ofSeconds(5))) {
            for (int call = 0; call < 5; call++) {
                assertThatThrownBy(() -> redis.run(wrong, List.of(), List.of()))
                        .isInstanceOfSatisfying(
                                RedisUnavailableException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.FAILED));
            }

            assertThat(run(redis)).isEqualTo(1);
        }
    }

    @Test
    void redisOutOfMemoryCountsAsAway() {
        try (Redis redis = connect(Duration.ofSeconds(5))) {
            awaitAnswer(redis);
            redis.call(commands -> commands.configSet("maxmemory", "1"));

            assertThat(failure(redis).reason()).isEqualTo(Reason.REFUSED);
        }
    }

    @Test
    void connectionThatIsDeadWithoutKnowingItIsReplaced() {
        try (Redis redis = connect(Duration.ofMillis(200))) {
            awaitAnswer(redis);
            proxy.forget();

            await().atMost(SOON).until(() -> failure(redis).reason() == Reason.BREAKER_OPEN);

            awaitAnswer(redis);
        }
    }

    @Test
    void commandUnderWayWhenTheConnectionBreaksIsNotSentTwice() {
        try (Redis redis = connect(Duration.ofSeconds(5))) {
            assertThat(run(redis)).isEqualTo(1);
            proxy.cutAfter(0, FaultProxy.Direction.TO_CLIENT);

            assertThat(failure(redis).reason()).isEqualTo(Reason.DISCONNECTED);
            proxy.heal();

            await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> redis.call(commands -> commands.get(bytes("n"))) != null);
            byte[] counted = redis.call(commands -> commands.get(bytes("n")));
            assertThat(counted).isEqualTo(bytes("2"));
        }
    }

    @Test
    void scriptThatWasGivenUpIsNotSentInFullAfterwards() {
        try (Redis redis = connect(Duration.ofMillis(200))) {
            await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> redis.call(commands -> commands.ping()).equals("PONG"));
            proxy.freeze();
            assertThat(failure(redis).reason()).isEqualTo(Reason.TIMEOUT);

            proxy.heal();

            // What was frozen comes first, so its answers have been here when this one is.
            await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> redis.call(commands -> commands.ping()).equals("PONG"));
            long written = redis.call(commands -> commands.exists(bytes("n")));
            assertThat(written).isZero();
            assertThat(redis.stats().scriptLoads()).isZero();
        }
    }

    @Test
    void commandsGivenUpWhileTheServerStoodStillDoNothingWhenItGoesOn() {
        RedisScript<Long> timely = RedisScript.ofInteger("""
                local time = redis.call('TIME')
                if time[1] * 1000000 + time[2] > tonumber(ARGV[1]) then return -1 end
                return redis.call('INCR', KEYS[1])
                """);
        try (Redis redis = Redis.builder(RedisURI.create("127.0.0.1", proxy.port()))
                .budget(Duration.ofMillis(200))
                .breaker(1_000, Duration.ofMillis(100))
                .build()) {
            await().atMost(SOON).ignoreExceptions().until(() -> timely(redis, timely) > 0);
            byte[] before = redis.call(commands -> commands.get(bytes("n")));
            server.pause();
            for (int call = 0; call < 5; call++) {
                assertThatThrownBy(() -> timely(redis, timely))
                        .isInstanceOfSatisfying(
                                RedisUnavailableException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
            }

            server.resume();

            await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> redis.call(commands -> commands.ping()).equals("PONG"));
            byte[] after = redis.call(commands -> commands.get(bytes("n")));
            assertThat(after).isEqualTo(before);
        }
    }

    @Test
    void restartedServerIsGivenItsScriptsAgainWithoutAnErrorOfTheirs() {
        try (Redis redis = connect(Duration.ofSeconds(5))) {
            assertThat(run(redis)).isEqualTo(1);
            server.kill();
            server.start();

            awaitAnswer(redis);

            assertThat(redis.stats().failed()).isZero();
            assertThat(redis.stats().scriptLoads()).isEqualTo(2);
        }
    }

    @Test
    void goingAndComingAreToldOnce() {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (Redis redis = Redis.builder(RedisURI.create("127.0.0.1", proxy.port()))
                .budget(Duration.ofMillis(500))
                .breaker(3, Duration.ofMillis(50))
                .listener(new RedisListener() {
                    @Override
                    public void unavailable(RedisUnavailableException cause) {
                        told.add(cause.code());
                        throw new IllegalStateException("a listener's own fault");
                    }

                    @Override
                    public void available() {
                        told.add("available");
                    }
                })
                .build()) {
            awaitAnswer(redis);
            proxy.refuse();
            await().atMost(SOON).until(() -> failure(redis).reason() == Reason.BREAKER_OPEN);
            await().during(Duration.ofMillis(300)).atMost(SOON).until(() -> told.size() == 1);

            proxy.heal();

            awaitAnswer(redis);
            assertThat(told).containsExactly("WH-REDIS-002", "available");
        }
    }

    @Test
    void openBreakerAsksNobody() {
        try (Redis redis = connect(Duration.ofMillis(50))) {
            awaitAnswer(redis);
            server.pause();
            await().atMost(SOON).until(() -> failure(redis).reason() == Reason.BREAKER_OPEN);

            long spared = redis.stats().shortCircuited();
            long start = System.nanoTime();
            for (int call = 0; call < 1_000; call++) {
                assertThat(failure(redis).reason()).isEqualTo(Reason.BREAKER_OPEN);
            }

            assertThat(redis.stats().shortCircuited()).isEqualTo(spared + 1_000);
            // A thousand budgets would be 50 s.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            server.resume();
        }
    }

    @Test
    void deadSubscriptionIsToldByItsSilenceAndMadeAgain() throws InterruptedException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (Redis redis = Redis.builder(RedisURI.create("127.0.0.1", proxy.port()))
                        .budget(Duration.ofSeconds(5))
                        .heartbeat(Duration.ofMillis(100))
                        .build();
                Subscription subscription = redis.subscribe("news", new Recording(heard))) {
            assertThat(subscription).isNotNull();
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("restored");

            proxy.forget();

            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("lost");
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("restored");
        }
    }

    @Test
    void asyncCallFailsWithinItsBudget() {
        try (Redis redis = connect(Duration.ofMillis(50))) {
            awaitAnswer(redis);
            proxy.freeze();

            var call = redis.runAsync(COUNT, List.of(bytes("n")), List.of()).toCompletableFuture();

            assertThatThrownBy(call::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(RedisUnavailableException.class);
        }
    }

    @Test
    void interruptedCallersDoNotOpenTheBreaker() {
        try (Redis redis = connect(Duration.ofSeconds(30))) {
            awaitAnswer(redis);

            for (int call = 0; call < 5; call++) {
                Thread.currentThread().interrupt();
                proxy.freeze();
                assertThat(failure(redis)).hasMessageContaining("interrupted");
                assertThat(Thread.interrupted()).isTrue();
            }
            proxy.heal();

            assertThat(redis.stats().breakerOpen()).isFalse();
            assertThat(run(redis)).isPositive();
        }
    }

    @Test
    void interruptEndsTheWaitAndKeepsTheFlag() {
        try (Redis redis = connect(Duration.ofSeconds(30))) {
            awaitAnswer(redis);
            proxy.freeze();

            Thread.currentThread().interrupt();
            RedisUnavailableException failure = failure(redis);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(failure).hasMessageContaining("interrupted");
        }
    }

    @Test
    void subscriberHearsOfTheGapAndOfEveryMessageAfterIt() throws InterruptedException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (Redis redis = connect(Duration.ofSeconds(5));
                Subscription subscription = redis.subscribe("news", new Recording(heard))) {
            assertThat(subscription).isNotNull();
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("restored");

            proxy.reset();
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("lost");
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("restored");
            await().atMost(SOON).untilAsserted(() -> publish(redis, "hello"));

            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("hello");
        }
    }

    @Test
    void redisTimeIsKnownWhenTheClientIsBuilt() {
        try (Redis redis = connect(Duration.ofSeconds(5))) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(redis.clock().notAfterMicros(Duration.ZERO))
                            .isPositive());
        }
    }

    @Test
    void closeIsIdempotentAndLaterCallsFail() {
        Redis redis = connect(Duration.ofSeconds(5));

        redis.close();
        redis.close();

        assertThat(failure(redis).reason()).isEqualTo(Reason.DISCONNECTED);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("lettuce") && thread.isAlive() && !thread.isDaemon());
    }

    @Test
    void passwordShowsNowhere() {
        RedisURI uri = RedisURI.create("redis://:canary-secret@127.0.0.1:" + Ports.free());
        try (Redis redis =
                Redis.builder(uri).connectTimeout(Duration.ofMillis(200)).build()) {
            RedisUnavailableException failure = failure(redis);

            assertThat(failure.getMessage() + failure.getCause() + redis.health() + redis.stats())
                    .doesNotContain("canary-secret");
        }
    }

    @Test
    void refusedOptionsNameTheValue() {
        Redis.Builder builder = Redis.builder(RedisURI.create("redis://127.0.0.1"));

        assertThatThrownBy(() -> builder.budget(Duration.ZERO)).hasMessage("budget must be > 0, was PT0S");
        assertThatThrownBy(() -> builder.breaker(0, Duration.ofSeconds(1))).hasMessage("failures must be >= 1, was 0");
        assertThatThrownBy(() -> builder.queue(0)).hasMessage("queue must be >= 1, was 0");
    }

    private Redis connect(Duration budget) {
        return Redis.builder(RedisURI.create("127.0.0.1", proxy.port()))
                .budget(budget)
                .breaker(3, Duration.ofMillis(100))
                .connectTimeout(Duration.ofSeconds(2))
                .build();
    }

    private static long timely(Redis redis, RedisScript<Long> script) {
        String deadline = Long.toString(redis.clock(bytes("n")).notAfterMicros(redis.budget()));
        return redis.run(script, List.of(bytes("n")), List.of(bytes(deadline)));
    }

    /** Also where a test with a small budget begins: the first call of a JVM is slow. */
    private static void awaitAnswer(Redis redis) {
        await().atMost(SOON).ignoreExceptions().until(() -> run(redis) > 0);
    }

    private static void publish(Redis redis, String message) {
        long receivers = redis.call(commands -> commands.publish(bytes("news"), bytes(message)));
        assertThat(receivers).isEqualTo(1);
    }

    private static long run(Redis redis) {
        return redis.run(COUNT, List.of(bytes("n")), List.of());
    }

    private static RedisUnavailableException failure(Redis redis) {
        RedisUnavailableException failure = catchThrowableOfType(
                RedisUnavailableException.class, () -> redis.run(COUNT, List.of(bytes("n")), List.of()));
        assertThat(failure).isNotNull();
        return failure;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private record Recording(BlockingQueue<String> heard) implements Subscription.Listener {
        @Override
        public void message(byte[] message) {
            heard.add(new String(message, UTF_8));
        }

        @Override
        public void lost() {
            heard.add("lost");
        }

        @Override
        public void restored() {
            heard.add("restored");
        }
    }
}
