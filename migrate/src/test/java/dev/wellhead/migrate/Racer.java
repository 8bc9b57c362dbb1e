package dev.wellhead.migrate;

import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/**
 * A process that migrates one database after the other, like others at the same time, and says how many migrations it
 * applied. It begins with each when a file says so, so that all begin at once.
 */
final class Racer {
    private static final int COUNT = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Racer() {}

    static Migration[] migrations() {
        List<Migration> migrations = new ArrayList<>();
        migrations.add(Migration.of("0", "table", "create table once (version int)"));
        for (int i = 1; i < COUNT; i++) {
            migrations.add(Migration.of(
                    "" + i, "number " + i, "create table t" + i + " (id int); insert into once values (" + i + ")"));
        }
        return migrations.toArray(Migration[]::new);
    }

    static String ready(int round) {
        return "ready for round " + round + ".";
    }

    static String result(int round) {
        return "migrations of round " + round + ": ";
    }

    static Path go(Path folder, int round) {
        return folder.resolve("go" + round);
    }

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        for (int round = 0; round < arguments.length - 3; round++) {
            String url = arguments[round + 3];
            DirectDataSource dataSource = arguments[1].isEmpty()
                    ? DirectDataSource.of(url)
                    : DirectDataSource.of(url, arguments[1], arguments[2]);
            Migrator migrator = Migrator.builder(dataSource)
                    .source(MigrationSource.of(migrations()))
                    .build();
            LoggerFactory.getLogger(Racer.class).warn(ready(round));
            while (!Files.exists(go(folder, round))) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            int applied = migrator.migrate().steps().size();
            LoggerFactory.getLogger(Racer.class).warn("{}{}", result(round), applied);
        }
    }
}
