package dev.wellhead.examples.prediction;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;

/** Makes ids that sort by the time they were made: UUID version 7 (RFC 9562, section 5.7). Thread-safe. */
final class Ids {
    private final SecureRandom random = new SecureRandom();
    private final Clock clock;

    Ids(Clock clock) {
        this.clock = clock;
    }

    String next() {
        long millis = clock.millis();
        long high = (millis << 16) | 0x7000 | random.nextInt(0x1000);
        long low = 0x8000_0000_0000_0000L | (random.nextLong() >>> 2);
        return new UUID(high, low).toString();
    }
}
