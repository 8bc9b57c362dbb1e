package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/** Random histories of a project, on a real database and in a model that knows neither SQL nor files. */
class MigratorModelTest {
    private static final int VERSIONS = 8;

    enum Kind {
        ADD,
        CHANGE,
        REMOVE,
        MIGRATE,
        MIGRATE_TO,
        ROLLBACK,
        ROLLBACK_TO
    }

    record Step(Kind kind, int number) {}

    /** What must be so after each step. */
    private static final class Model {
        // Version to edition; a changed file is another edition of the same version.
        final SortedMap<Integer, Integer> files = new TreeMap<>();
        final SortedMap<Integer, Integer> applied = new TreeMap<>();

        boolean isValid() {
            boolean changedOrMissing =
                    applied.entrySet().stream().anyMatch(row -> !row.getValue().equals(files.get(row.getKey())));
            boolean late = !applied.isEmpty()
                    && files.headMap(applied.lastKey()).keySet().stream().anyMatch(file -> !applied.containsKey(file));
            return !changedOrMissing && !late;
        }

        boolean migrate(int target) {
            boolean possible = isValid() && (target == VERSIONS || files.containsKey(target));
            if (possible) {
                files.headMap(target + 1).forEach(applied::putIfAbsent);
            }
            return possible;
        }

        boolean rollback(int steps) {
            List<Integer> newest = applied.keySet().stream()
                    .sorted((left, right) -> right - left)
                    .limit(steps)
                    .toList();
            // A model with down SQL for every file: only one that is gone cannot be taken back.
            boolean possible = newest.size() == steps && files.keySet().containsAll(newest);
            if (possible) {
                newest.forEach(applied::remove);
            }
            return possible;
        }

        boolean rollbackTo(int version) {
            int above = applied.tailMap(version + 1).size();
            return applied.containsKey(version) && (above == 0 || rollback(above));
        }
    }

    @Tag("thorough")
    @Property(tries = 1000)
    void sqliteDoesWhatTheModelDoesInAThousandHistories(@ForAll("histories") List<Step> steps) throws SQLException {
        sqliteDoesWhatTheModelDoes(steps);
    }

    @Tag("thorough")
    @Property(tries = 200)
    void postgresDoesWhatTheModelDoesInHundredsOfHistories(@ForAll("histories") List<Step> steps) throws SQLException {
        postgresDoesWhatTheModelDoes(steps);
    }

    @Property(tries = 40)
    void sqliteDoesWhatTheModelDoes(@ForAll("histories") List<Step> steps) throws SQLException {
        try (TestDatabase database = TestDatabase.sqlite()) {
            play(database, steps);
        }
    }

    @Property(tries = 10)
    void postgresDoesWhatTheModelDoes(@ForAll("histories") List<Step> steps) throws SQLException {
        try (TestDatabase database = TestDatabase.postgres()) {
            play(database, steps);
        }
    }

    private static void play(TestDatabase database, List<Step> steps) throws SQLException {
        Model model = new Model();
        database.execute("create table log (version int)");
        Migrator migrator = Migrator.builder(database.dataSource())
                .source(() -> model.files.entrySet().stream()
                        .map(file -> migration(file.getKey(), file.getValue()))
                        .toList())
                .build();
        for (Step step : steps) {
            play(migrator, model, step);

            assertThat(versions(database, "select version from schema_migrations"))
                    .isEqualTo(model.applied.keySet());
            assertThat(versions(database, "select version from log")).isEqualTo(model.applied.keySet());
            assertThat(migrator.validate().isValid()).isEqualTo(model.isValid());
        }
    }

    private static void play(Migrator migrator, Model model, Step step) {
        int number = step.number;
        switch (step.kind) {
            case ADD -> model.files.putIfAbsent(number, 0);
            case CHANGE -> model.files.computeIfPresent(number, (version, edition) -> edition + 1);
            case REMOVE -> model.files.remove(number);
            case MIGRATE -> expect(model.migrate(VERSIONS), migrator::migrate);
            case MIGRATE_TO -> expect(model.migrate(number), () -> migrator.migrate("" + number));
            case ROLLBACK -> expect(model.rollback(number), () -> migrator.rollback(number));
            case ROLLBACK_TO -> expect(model.rollbackTo(number), () -> migrator.rollbackTo("" + number));
        }
    }

    private static void expect(boolean possible, Runnable call) {
        if (possible) {
            call.run();
        } else {
            assertThatThrownBy(call::run).isInstanceOf(MigrationException.class);
        }
    }

    private static Migration migration(int version, int edition) {
        return Migration.of(
                "" + version,
                "edition " + edition,
                "insert into log values (" + version + "); -- " + edition,
                "delete from log where version = " + version);
    }

    private static TreeSet<Integer> versions(TestDatabase database, String sql) throws SQLException {
        TreeSet<Integer> versions = new TreeSet<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            if (sql.contains("schema_migrations") && isAbsent(connection)) {
                return versions;
            }
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    // A version that ran twice would be there twice.
                    assertThat(versions.add(Integer.valueOf(rows.getString(1)))).isTrue();
                }
            }
        }
        return versions;
    }

    private static boolean isAbsent(Connection connection) throws SQLException {
        try (ResultSet tables = connection.getMetaData().getTables(null, null, "schema_migrations", null)) {
            return !tables.next();
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(6, Kind.ADD),
                Tuple.of(1, Kind.CHANGE),
                Tuple.of(1, Kind.REMOVE),
                Tuple.of(3, Kind.MIGRATE),
                Tuple.of(3, Kind.MIGRATE_TO),
                Tuple.of(3, Kind.ROLLBACK),
                Tuple.of(2, Kind.ROLLBACK_TO));
        return Combinators.combine(kinds, Arbitraries.integers().between(1, VERSIONS - 1))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(25);
    }
}
