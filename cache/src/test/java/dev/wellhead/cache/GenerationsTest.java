package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.Ticker;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
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
        Generation first = answer(generations.refresh(false).toCompletableFuture());
        assertThat(generations.known()).contains(first);

        generations.doubt();

        assertThat(generations.known()).isEmpty();
        Generation again = answer(generations.refresh(false).toCompletableFuture());
        assertThat(again.name()).isEqualTo(first.name());
        assertThat(again.tags()).isSameAs(first.tags());
        assertThat(generations.known()).contains(again);
    }

    @Test
    void nextGenerationHasAnotherNameAndATableOfItsOwn() {
        Generation first = answer(generations.invalidateTag("red").toCompletableFuture());

        Generation next = answer(generations.next().toCompletableFuture());

        assertThat(next.name()).isNotEqualTo(first.name());
        assertThat(first.tags().known()).isEqualTo(1);
        assertThat(next.tags().known()).isZero();
        assertThat(generations.current()).isSameAs(next.tags());
    }

    @Test
    void versionCountsOnlyByTheTableThatItIsOf() {
        Generation first = answer(generations.refresh(false).toCompletableFuture());
        Tags tags = Tags.of(first.tags(), 5, List.of("red"));

        Generation next = answer(generations.next().toCompletableFuture());

        assertThat(first.tags().holds(tags)).isTrue();
        assertThat(next.tags().holds(tags)).isFalse();
        assertThat(next.tags().holds(Tags.NONE)).isTrue();
    }

    @Test
    void answerToAQuestionFromBeforeTheDoubtDoesNotEndIt() {
        CompletableFuture<Generation> before = generations.refresh(false).toCompletableFuture();

        generations.doubt();
        answer(before);

        assertThat(generations.known()).isEmpty();
    }

    private static Generation answer(CompletableFuture<Generation> stage) {
        return stage.orTimeout(30, TimeUnit.SECONDS).join();
    }
}
