package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.Ticker;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GenerationsTest {
    private final Redis redis = Redis.builder(
                    RedisURI.create(RedisServer.shared().uri()))
            .budget(Duration.ofSeconds(10))
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final Generations generations = generations(new FarKeys("generations-" + UUID.randomUUID(), 1));

    @AfterEach
    void disconnect() {
        redis.close();
    }

    private Generations generations(FarKeys keys) {
        FarTerms terms = new FarTerms(
                redis,
                keys,
                keys.channel().getBytes(UTF_8),
                Duration.ofSeconds(10).toNanos(),
                42,
                new ConcurrentHashMap<>(),
                new SecureRandom(),
                new Announcer("generations", new CacheListener() {}),
                new Echoes(Ticker.system()));
        Lifetimes lives = new Lifetimes(Duration.ofHours(1).toNanos(), OptionalLong.empty(), 0);
        return new Generations(terms, lives, Staleness.NONE, () -> {});
    }

    @Test
    void nothingIsBelievedAfterADoubtUntilItHasBeenAskedForAgain() {
        String name = answer(generations.refresh(false).toCompletableFuture());
        assertThat(generations.name()).contains(name);

        generations.doubt();

        assertThat(generations.name()).isEmpty();
        assertThat(answer(generations.refresh(false).toCompletableFuture())).isEqualTo(name);
        assertThat(generations.name()).contains(name);
    }

    @Test
    void answerToAQuestionFromBeforeTheDoubtDoesNotEndIt() {
        CompletableFuture<String> before = generations.refresh(false).toCompletableFuture();

        generations.doubt();
        answer(before);

        assertThat(generations.name()).isEmpty();
    }

    private static String answer(CompletableFuture<String> stage) {
        return stage.orTimeout(30, TimeUnit.SECONDS).join();
    }
}
