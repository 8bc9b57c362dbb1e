package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TwoTierRefreshTest extends RefreshContract {
    private final CacheHome.TwoTier twoTier;

    TwoTierRefreshTest() {
        super(CacheHome.twoTier());
        twoTier = (CacheHome.TwoTier) home;
    }

    @Test
    void redisKeepsAValueForItsLifeAndItsGraceAndANullForItsOwnLifeOnly() {
        Cache<String, String> cache = open(builder().staleWhileRevalidate(GRACE));

        cache.put("k", "value");
        cache.put("n", null);

        assertThat(remaining("k")).isBetween(LIFE.plus(GRACE).minusMinutes(1), LIFE.plus(GRACE));
        assertThat(remaining("n")).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));
    }

    private Duration remaining(String key) {
        return Duration.ofMillis(twoTier.redis.<Long>call(commands -> commands.pttl(twoTier.valueKey(key))));
    }
}
