package dev.wellhead.backup;

import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process of a fleet that has a daily schedule, and ends when the run of the day is there, whoever made it. */
final class ScheduledProcess {
    /** When the run is due. */
    static final Instant DUE = Instant.parse("2026-06-15T03:00:00Z");

    private static final Logger LOG = LoggerFactory.getLogger(ScheduledProcess.class);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final long MOST_SLOWNESS_NANOS = Duration.ofMillis(30).toNanos();

    private ScheduledProcess() {}

    /** Runs it: URL, user, password, folder of the store, and what its clock says now. */
    public static void main(String[] arguments) {
        String url = arguments[0];
        Database database = url.startsWith("jdbc:sqlite:")
                ? Database.sqlite(Path.of(url.substring("jdbc:sqlite:".length())))
                : Database.postgres(DirectDataSource.of(url, arguments[1], arguments[2]));
        // Slow, so that others come while it is at it.
        FaultyStorage slow = new FaultyStorage(new DirectoryStorage(Path.of(arguments[3])), new FaultyStorage.Fault() {
            @Override
            public void before(int operation) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(MOST_SLOWNESS_NANOS));
            }
        });
        Instant now = Instant.parse(arguments[4]);
        Clock clock = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), now));
        Backups backups =
                Backups.builder(database, new BackupStore(slow)).clock(clock).build();
        try (BackupSchedule schedule = backups.daily(LocalTime.of(3, 0), ZoneOffset.UTC)
                .withoutJitter()
                .lookAgainAfter(LOOK)
                .start()) {
            LOG.warn("started");
            while (backups.list().get(0).createdAt().isBefore(DUE)) {
                LockSupport.parkNanos(LOOK.toNanos());
            }
            LOG.warn("runs {}, failures {}", schedule.runs(), schedule.failures());
        }
    }
}
