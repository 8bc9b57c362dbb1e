package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Values that go many at a time: by tag, or all. */
abstract class TagContract extends CacheSuite {
    TagContract(CacheHome home) {
        super(home);
    }

    /** Values are tagged with what stands before their first space. */
    private Cache<String, String> openTagged() {
        return open(builder().tags((key, value) -> value == null ? List.of("null") : List.of(value.split(" ", 2)[0])));
    }

    @Test
    void invalidatedTagTakesItsValuesAndNoOthers() {
        Cache<String, String> cache = openTagged();
        cache.put("a", "red apple");
        cache.get("b", key -> "red brick");
        cache.put("c", "green cucumber");

        InvalidateResult result = cache.invalidateTag("red");

        assertThat(result).isEqualTo(InvalidateResult.DONE);
        assertThat(cache.getIfPresent("a")).isNull();
        assertThat(cache.<RuntimeException>get("b", key -> "green brick")).isEqualTo("green brick");
        assertThat(cache.getIfPresent("c")).isEqualTo("green cucumber");
    }

    @Test
    void valueStoredAfterItsTagWasInvalidatedStays() {
        Cache<String, String> cache = openTagged();
        cache.put("a", "red apple");
        cache.invalidateTag("red");

        cache.get("a", key -> "red again");
        cache.invalidateTag("green");

        assertThat(cache.getIfPresent("a")).isEqualTo("red again");
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void loadThatBeganBeforeItsTagWasInvalidatedLeavesNothing() throws Exception {
        Cache<String, String> cache = openTagged();
        Gate gate = new Gate();
        Future<String> before = callers.start(() -> cache.get("k", key -> gate.pass("red old")));
        gate.awaitReached();

        cache.invalidateTag("red");
        gate.open();

        assertThat(Callers.result(before)).isEqualTo("red old");
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.<RuntimeException>get("k", key -> "red new")).isEqualTo("red new");
        assertThat(cache.getIfPresent("k")).isEqualTo("red new");
    }

    @Test
    void getAfterATagWasInvalidatedDoesNotJoinALoadThatBeganBefore() throws Exception {
        Cache<String, String> cache = openTagged();
        Gate gate = new Gate();
        Future<String> before = callers.start(() -> cache.get("k", key -> gate.pass("red old")));
        gate.awaitReached();

        cache.invalidateTag("red");
        Future<String> after = callers.start(() -> cache.get("k", key -> "red new"));
        gate.open();

        assertThat(Callers.result(after)).isEqualTo("red new");
        assertThat(Callers.result(before)).isEqualTo("red old");
        assertThat(cache.getIfPresent("k")).isEqualTo("red new");
    }

    @Test
    void nullHasTagsToo() {
        Cache<String, String> cache = openTagged();
        cache.get("k", key -> null);

        cache.invalidateTag("null");

        assertThat(cache.<RuntimeException>get("k", key -> "there now")).isEqualTo("there now");
    }

    @Test
    void valuePastItsLifeIsNotServedOnceItsTagIsInvalidated() {
        Cache<String, String> cache =
                open(builder().staleWhileRevalidate(Duration.ofMinutes(5)).tags((key, value) -> List.of("tag")));
        cache.put("k", "old");
        home.age("k", LIFE.plusSeconds(1), LIFE.plusMinutes(5));

        cache.invalidateTag("tag");

        assertThat(cache.<RuntimeException>get("k", key -> "new")).isEqualTo("new");
        assertThat(cache.stats().staleRevalidating()).isZero();
    }

    @Test
    void tagsThatWereForgottenTakeNoValueBackToLife() {
        Cache<String, String> cache = openTagged();
        cache.put("k", "first value");
        cache.invalidateTag("first");

        // More than are remembered one by one.
        for (int tag = 0; tag < 10_100; tag++) {
            cache.invalidateTag("t" + tag);
        }

        assertThat(cache.getIfPresent("k")).isNull();
        cache.put("k", "first again");
        assertThat(cache.getIfPresent("k")).isEqualTo("first again");
    }

    @Test
    void badTagsAreRefused() {
        Cache<String, String> cache = open(builder().tags((key, value) -> switch (key) {
            case "empty" -> List.of("");
            case "long" -> List.of("x".repeat(256));
            case "many" -> IntStream.range(0, 65).mapToObj(Integer::toString).toList();
            case "longest" -> List.of("x".repeat(255));
            default -> Collections.emptyList();
        }));

        assertThatThrownBy(() -> cache.get("empty", key -> "value"))
                .hasMessage("tag must be 1 to 255 bytes of UTF-8, was 0");
        assertThatThrownBy(() -> cache.get("long", key -> "value")).hasMessageContaining("was 256");
        assertThatThrownBy(() -> cache.put("many", "value")).hasMessage("a value must have at most 64 tags, had 65");
        assertThatThrownBy(() -> cache.invalidateTag("")).hasMessageContaining("was 0");
        assertThat(cache.<RuntimeException>get("longest", key -> "value")).isEqualTo("value");
        cache.invalidateTag("x".repeat(255));
        assertThat(cache.getIfPresent("longest")).isNull();
    }

    @Test
    void clearTakesEverythingAndLoadsUnderWayLeaveNothing() throws Exception {
        Cache<String, String> cache = open();
        cache.put("a", "a");
        cache.get("b", key -> "b");
        Gate gate = new Gate();
        Future<String> before = callers.start(() -> cache.get("k", key -> gate.pass("old")));
        gate.awaitReached();

        InvalidateResult result = cache.clear();
        String after = cache.get("k", key -> "new");
        gate.open();

        assertThat(result).isEqualTo(InvalidateResult.DONE);
        assertThat(cache.getIfPresent("a")).isNull();
        assertThat(cache.getIfPresent("b")).isNull();
        assertThat(after).isEqualTo("new");
        assertThat(Callers.result(before)).isEqualTo("old");
        assertThat(cache.getIfPresent("k")).isEqualTo("new");
    }

    @Test
    void fencedKeyIsLoadedByEachCallerAndStoredByNone() throws Exception {
        Cache<String, String> cache = open();
        cache.put("k", "old");
        Cache.Fence fence = cache.fence("k", Duration.ofMinutes(1));

        assertThat(cache.<RuntimeException>get("k", key -> "read too early")).isEqualTo("read too early");
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(fence.standsForAll()).isTrue();
        InvalidateResult released = fence.release();

        assertThat(released).isEqualTo(InvalidateResult.DONE);
        assertThat(cache.<RuntimeException>get("k", key -> "new")).isEqualTo("new");
        fence.close();
        assertThat(cache.getIfPresent("k")).isEqualTo("new");
    }

    @Test
    void keyIsFencedUntilTheLastFenceIsReleased() {
        Cache<String, String> cache = open();
        Cache.Fence first = cache.fence("k", Duration.ofMinutes(1));
        Cache.Fence second = cache.fence("k", Duration.ofMinutes(1));

        first.release();
        cache.get("k", key -> "read too early");
        assertThat(cache.getIfPresent("k")).isNull();
        second.release();
        cache.get("k", key -> "new");

        assertThat(cache.getIfPresent("k")).isEqualTo("new");
    }

    @Test
    void loadThatBeganUnderAFenceIsNotStoredAfterItsRelease() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Cache.Fence fence = cache.fence("k", Duration.ofMinutes(1));
        Future<String> early = callers.start(() -> cache.get("k", key -> gate.pass("read too early")));
        gate.awaitReached();

        fence.release();
        gate.open();

        assertThat(Callers.result(early)).isEqualTo("read too early");
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void invalidationAfterCommitFencesBeforeAndReleasesAfter() {
        Cache<String, String> cache = open();
        cache.put("k", "old");
        Runnable[] afterCommit = new Runnable[1];

        cache.invalidateAfterCommit("k", action -> afterCommit[0] = action);
        cache.get("k", key -> "old row");
        assertThat(cache.getIfPresent("k")).isNull();
        afterCommit[0].run();
        cache.get("k", key -> "new row");

        assertThat(cache.getIfPresent("k")).isEqualTo("new row");
    }
}
