package dev.wellhead.backup.internal;

import dev.wellhead.jdbc.internal.XxHash64;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;

/** When a schedule runs. Pure: the answer depends on nothing but the arguments. */
@FunctionalInterface
public interface RunTimes {
    /** Returns the first time to run that is later than {@code instant}. */
    Instant after(Instant instant);

    /**
     * Once on each calendar day of the zone. Where the time is skipped that day, the moment the clocks go forward; where
     * it comes twice, the first of the two.
     */
    static RunTimes daily(LocalTime time, ZoneId zone) {
        return instant -> {
            // A day earlier, since a skipped hour (or, in Samoa, a whole day) moves a run past its date.
            LocalDate date = instant.atZone(zone).toLocalDate().minusDays(1);
            Instant run = on(date, time, zone);
            while (!run.isAfter(instant)) {
                date = date.plusDays(1);
                run = on(date, time, zone);
            }
            return run;
        };
    }

    /** A fixed time after the last run. */
    static RunTimes every(Duration period) {
        return instant -> {
            try {
                return instant.plus(period);
            } catch (DateTimeException | ArithmeticException e) {
                return Instant.MAX;
            }
        };
    }

    /**
     * Returns these times, each a little later: by the same for the same {@code name}, below {@code most}. What comes between a
     * time and its delay counts as a run: the first time later than {@code instant} is what is delayed.
     */
    default RunTimes spread(Duration most, String name) {
        long millis = most.toMillis();
        if (millis == 0) {
            return this;
        }
        byte[] named = name.getBytes(StandardCharsets.UTF_8);
        return instant -> {
            Instant time = after(instant);
            byte[] key = ByteBuffer.allocate(named.length + Long.BYTES)
                    .put(named)
                    .putLong(time.getEpochSecond())
                    .array();
            Duration delay = Duration.ofMillis(Long.remainderUnsigned(XxHash64.hash(key, 0, key.length), millis));
            return every(delay).after(time);
        };
    }

    private static Instant on(LocalDate date, LocalTime time, ZoneId zone) {
        LocalDateTime wanted = date.atTime(time);
        ZoneOffsetTransition transition = zone.getRules().getTransition(wanted);
        return transition != null && transition.isGap()
                ? transition.getInstant()
                : wanted.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
    }
}
