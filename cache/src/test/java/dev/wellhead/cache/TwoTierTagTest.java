package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TwoTierTagTest extends TagContract {
    private final CacheHome.TwoTier twoTier;
    // Where the codec stands in the middle of its work, if anywhere.
    private final AtomicReference<Gate> encoding = new AtomicReference<>();
    private final AtomicReference<Gate> decoding = new AtomicReference<>();

    TwoTierTagTest() {
        super(CacheHome.twoTier());
        twoTier = (CacheHome.TwoTier) home;
    }

    private interface Reader {
        String read(Cache<String, String> cache) throws Exception;
    }

    static Stream<Named<Reader>> readers() {
        return Stream.of(
                named("get", cache -> cache.get("k", key -> "red new")),
                named(
                        "getAsync",
                        cache -> cache.getAsync("k", key -> CompletableFuture.completedFuture("red new"))
                                .get(30, TimeUnit.SECONDS)),
                named(
                        "getAll",
                        cache -> cache.getAll(List.of("k"), keys -> Map.of("k", "red new"))
                                .get("k")),
                named("getIfPresent", cache -> cache.getIfPresent("k") == null ? "red new" : "red old"));
    }

    private Cache<String, String> openGated() {
        Codec<String> plain = Codec.string();
        Codec<String> gated =
                Codec.of(value -> pass(encoding, plain.encode(value)), bytes -> pass(decoding, plain.decode(bytes)));
        return open(Cache.<String, String>builder(twoTier.name(), twoTier.redis, KeyCodec.ofString(), gated)
                .ticker(ticker)
                .lease(Duration.ofSeconds(10))
                .tags((key, value) -> List.of("red")));
    }

    private static <T> T pass(AtomicReference<Gate> gates, T value) throws InterruptedException {
        Gate gate = gates.getAndSet(null);
        return gate == null ? value : gate.pass(value);
    }

    @ParameterizedTest
    @MethodSource("readers")
    void readThatCrossesAClearServesNothingOfATagThatWasInvalidatedBefore(Reader reader) throws Exception {
        Cache<String, String> cache = openGated();
        cache.put("k", "red old");
        cache.invalidateTag("red");
        Gate gate = new Gate();
        decoding.set(gate);

        Future<String> crossing = callers.start(() -> reader.read(cache));
        gate.awaitReached();
        cache.clear();
        gate.open();

        assertThat(Callers.result(crossing)).isEqualTo("red new");
    }

    @Test
    void putThatCrossesAClearIsTakenAwayByTheTagsOfTheNewGeneration() throws Exception {
        Cache<String, String> cache = openGated();
        cache.invalidateTag("red");
        Gate gate = new Gate();
        encoding.set(gate);

        Future<?> crossing = callers.start(() -> {
            cache.put("k", "red old");
            return null;
        });
        gate.awaitReached();
        cache.clear();
        gate.open();
        Callers.result(crossing);
        cache.invalidateTag("red");

        assertThat(cache.<RuntimeException>get("k", key -> "red new")).isEqualTo("red new");
    }
}
