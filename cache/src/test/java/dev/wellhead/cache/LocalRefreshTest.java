package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LocalRefreshTest extends RefreshContract {
    LocalRefreshTest() {
        super(CacheHome.local());
    }

    @Test
    void nullIsNotServedPastItsOwnLife() {
        Cache<String, String> cache = open(builder().staleWhileRevalidate(GRACE).staleIfError(GRACE));
        cache.put("k", null);
        ticker.advance(Duration.ofSeconds(30));

        assertThat(cache.<RuntimeException>get("k", key -> "there now")).isEqualTo("there now");
    }
}
