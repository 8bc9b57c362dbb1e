package dev.wellhead.examples.consumer;

import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.backup.VerifyReport;
import dev.wellhead.cache.Cache;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Each module once, from the module path and without a server: one line for each thing that held. Ends with exit code 1 at the
 * first that does not.
 *
 * <p>Its argument is a folder for the database and its backups, which must not exist.
 */
public final class Consumer {
    private Consumer() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createDirectory(Path.of(args[0]));
        Path file = folder.resolve("wells.db");

        modules();
        try (SqliteDatabase database = SqliteDatabase.open(file)) {
            migrate(database);
            pool(database);
            cache(database);
        }
        limit();
        backup(file, folder.resolve("backups"));
    }

    private static void modules() {
        List<String> names = Stream.of(
                        SqliteDatabase.class, Migrator.class, Cache.class, RateLimiter.class, Backups.class)
                .map(type -> type.getModule())
                .filter(module -> module.isNamed() && !module.getDescriptor().isAutomatic())
                .map(Module::getName)
                .toList();

        expect(names.size() == 5, "modules: " + String.join(", ", names));
    }

    private static void migrate(SqliteDatabase database) {
        Migrator migrator = Migrator.builder(database.direct())
                .source(MigrationSource.classpath("migrations"))
                .build();
        migrator.migrate();

        expect(migrator.plan().isEmpty(), "migrate: " + migrator.status());
    }

    private static void pool(SqliteDatabase database) throws SQLException {
        try (Connection connection = database.writer().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO wells (name) VALUES ('West')");
        }

        List<String> names = wells(database);
        expect(
                names.equals(List.of("North", "South", "West")),
                "pool: the readers see what the writer wrote, " + names);
    }

    private static void cache(SqliteDatabase database) throws SQLException {
        List<String> loads = new ArrayList<>();
        try (Cache<String, List<String>> cache = Cache.<String, List<String>>local("wells")
                .expireAfterWrite(Duration.ofMinutes(5))
                .build()) {
            for (int call = 0; call < 2; call++) {
                cache.get("all", key -> {
                    loads.add(key);
                    return wells(database);
                });
            }
        }

        expect(loads.equals(List.of("all")), "cache: asked twice, loaded once");
    }

    private static void limit() {
        Limit limit = Limit.tokenBucket("per-client", 2, Duration.ofHours(1));
        try (RateLimiter limiter = RateLimiter.inMemory().build()) {
            List<Boolean> verdicts = Stream.generate(
                            () -> limiter.tryAcquire(limit, "client").allowed())
                    .limit(3)
                    .toList();

            expect(verdicts.equals(List.of(true, true, false)), "ratelimit: 2 an hour, the third is denied");
        }
    }

    private static void backup(Path file, Path store) {
        Backups backups = Backups.builder(Database.sqlite(file), BackupStore.directory(store))
                .build();
        VerifyReport report = backups.verify(backups.create().id());

        expect(report.verified(), "backup: made, restored, compared: " + report);
    }

    private static List<String> wells(SqliteDatabase database) throws SQLException {
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT name FROM wells ORDER BY id")) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        }
    }

    private static void expect(boolean held, String what) {
        System.out.println((held ? "ok    " : "WRONG ") + what);
        if (!held) {
            System.exit(1);
        }
    }
}
