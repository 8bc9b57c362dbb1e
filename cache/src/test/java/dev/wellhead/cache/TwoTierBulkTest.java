package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TwoTierBulkTest extends BulkContract {
    private static final List<String> HUNDRED =
            IntStream.range(0, 100).mapToObj(key -> "k" + key).toList();

    private final CacheHome.TwoTier twoTier;

    TwoTierBulkTest() {
        super(CacheHome.twoTier());
        twoTier = (CacheHome.TwoTier) home;
    }

    private static Map<String, String> all(Set<String> keys) {
        return keys.stream().collect(Collectors.toMap(key -> key, key -> "value"));
    }

    /** What Redis counts is what it was asked, whoever counts on our side. */
    private long questions() {
        String stats = twoTier.redis.call(commands -> commands.info("commandstats"));
        return stats.lines()
                .filter(line -> line.matches("cmdstat_(evalsha|get|mget):.*"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*calls=(\\d+).*", "$1")))
                .sum();
    }

    @Test
    void hundredValuesInRedisCostOneQuestion() {
        Cache<String, String> cache = open();
        cache.getAll(HUNDRED, TwoTierBulkTest::all);
        ticker.advance(Duration.ofSeconds(60));
        long before = questions();

        Map<String, String> read = cache.getAll(HUNDRED, keys -> Map.of());

        assertThat(read).hasSize(100);
        // One for the values; the others are the nodes' that ask for their generation each second.
        assertThat(questions() - before).isLessThan(20);
        assertThat(cache.stats().farHits()).isEqualTo(100);
    }

    @Test
    void callersOfTheSameValuesInRedisAskOneQuestionEachAndWaitForNobody() throws Exception {
        Codec<String> plain = Codec.string();
        AtomicReference<Gate> reading = new AtomicReference<>();
        Cache<String, String> cache = open(Cache.<String, String>builder(
                        twoTier.name(), twoTier.redis, KeyCodec.ofString(), Codec.of(plain::encode, bytes -> {
                            Gate gate = reading.getAndSet(null);
                            return gate == null ? plain.decode(bytes) : gate.pass(plain.decode(bytes));
                        }))
                .ticker(ticker)
                .lease(Duration.ofSeconds(10)));
        cache.getAll(HUNDRED, TwoTierBulkTest::all);
        ticker.advance(Duration.ofSeconds(60));
        long before = questions();
        Gate gate = new Gate();
        reading.set(gate);
        Future<Map<String, String>> first = callers.start(() -> cache.getAll(HUNDRED, keys -> Map.of()));
        gate.awaitReached();

        Map<String, String> second = cache.getAll(HUNDRED, keys -> Map.of());
        long asked = questions() - before;
        gate.open();

        assertThat(second).hasSize(100);
        assertThat(Callers.result(first)).hasSize(100);
        assertThat(asked).isLessThan(20);
        assertThat(cache.stats().processWaits()).isZero();
    }

    @Test
    void keysThatAnotherNodeLoadsTogetherAreAskedForTogetherOnceOneIsThere() throws Exception {
        Cache<String, String> cache = open();
        try (Cache<String, String> other = builder().expireAfterWrite(LIFE).build()) {
            home.awaitUp(other);
            Gate gate = new Gate();
            Future<Map<String, String>> theirs =
                    callers.start(() -> other.getAll(HUNDRED, keys -> gate.pass(all(keys))));
            gate.awaitReached();
            Future<Map<String, String>> ours = callers.start(() -> cache.getAll(HUNDRED, keys -> Map.of()));
            await().until(() -> cache.stats().fleetWaits() == 1);
            long before = questions();
            gate.open();

            assertThat(Callers.result(theirs)).hasSize(100);
            assertThat(Callers.result(ours)).hasSize(100);
            // A hundred stores, and then a few questions.
            assertThat(questions() - before).isLessThan(100 + 40);
            assertThat(cache.stats().loads()).isZero();
        }
    }

    @Test
    void leasesOfABulkLoadAreGoneAfterIt() {
        Cache<String, String> cache = open(builder().withoutNulls());

        cache.getAll(HUNDRED, keys -> Map.of("k1", "value"));

        await().until(() -> twoTier.redis
                .<List<byte[]>>call(commands -> commands.keys("wh:cache1:l:*" + home.name() + ":*"))
                .isEmpty());
    }

    @Test
    void unreadableValueAmongManyIsLoadedWithTheOthers() {
        Cache<String, String> cache = open();
        twoTier.redis.call(commands ->
                commands.set(twoTier.valueKey("k7"), "garbage of some length".getBytes(StandardCharsets.UTF_8)));

        assertThat(cache.getAll(HUNDRED, TwoTierBulkTest::all)).hasSize(100);

        assertThat(cache.stats().unreadable()).isEqualTo(1);
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void keyThatAnotherNodeLoadsIsAwaitedAndTheRestLoaded() throws Exception {
        Cache<String, String> cache = open();
        try (Cache<String, String> other = builder().expireAfterWrite(LIFE).build()) {
            home.awaitUp(other);
            Gate gate = new Gate();
            Future<String> single = callers.start(() -> other.get("k3", key -> gate.pass("theirs")));
            gate.awaitReached();

            Future<Map<String, String>> bulk = callers.start(() -> cache.getAll(HUNDRED, TwoTierBulkTest::all));
            await().until(() -> cache.stats().fleetWaits() == 1);
            gate.open();

            assertThat(Callers.result(single)).isEqualTo("theirs");
            assertThat(Callers.result(bulk)).hasSize(100).containsEntry("k3", "theirs");
        }
    }
}
