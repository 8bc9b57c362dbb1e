package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LocalCacheTest extends CacheContract {
    @Override
    CacheBuilder<String, String, ?> builder() {
        return Cache.local("local");
    }

    @Override
    String cacheName() {
        return "local";
    }

    @Test
    void valueExpiresAfterItsLifeLessTheJitter() {
        Cache<String, String> cache = open(builder().ttlJitter(0.5));
        cache.put("k", "value");

        ticker.advance(LIFE.dividedBy(2).minusMillis(1));
        assertThat(cache.getIfPresent("k")).isEqualTo("value");
        ticker.advance(LIFE.dividedBy(2).plusMillis(1));
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void nullExpiresAfterItsOwnLife() {
        Cache<String, String> cache = open(builder().withoutJitter());
        cache.get("k", key -> null);

        ticker.advance(Duration.ofSeconds(30));

        assertThat(cache.<RuntimeException>get("k", key -> "there now")).isEqualTo("there now");
    }

    @Test
    void readingDoesNotLengthenALife() {
        Cache<String, String> cache = open(builder().withoutJitter());
        cache.put("k", "value");
        ticker.advance(LIFE.minusMillis(1));
        assertThat(cache.getIfPresent("k")).isEqualTo("value");

        ticker.advance(Duration.ofMillis(1));

        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void sizeIsBounded() {
        Cache<String, String> cache = open(builder().nearMaximumSize(10));

        for (int key = 0; key < 1000; key++) {
            cache.put("k" + key, "value");
        }

        assertThat(cache.stats().nearSize()).isLessThanOrEqualTo(10);
    }
}
