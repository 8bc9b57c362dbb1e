package dev.wellhead.cache;

import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** What the suites share that run for every kind of cache. */
abstract class CacheSuite {
    static final Duration LIFE = Duration.ofMinutes(10);

    final CacheHome home;
    final ManualTicker ticker;
    final RecordingMetrics metrics = new RecordingMetrics();
    final Callers callers = new Callers();
    private Cache<String, String> opened;

    CacheSuite(CacheHome home) {
        this.home = home;
        ticker = home.ticker();
    }

    CacheBuilder<String, String, ?> builder() {
        return home.builder();
    }

    Cache<String, String> open(CacheBuilder<String, String, ?> builder) {
        opened = builder.expireAfterWrite(LIFE).withoutJitter().metrics(metrics).build();
        home.awaitUp(opened);
        return opened;
    }

    Cache<String, String> open() {
        return open(builder());
    }

    @AfterEach
    void closeAll() {
        callers.close();
        if (opened != null) {
            opened.close();
        }
        home.close();
    }
}
