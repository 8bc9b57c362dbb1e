package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.migrate.MigrationStatus.State;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
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
import org.jspecify.annotations.Nullable;

/** Random histories of a project, on a real database and in a model that knows neither SQL nor files. */
class MigratorModelTest {
    private static final int VERSIONS = 8;

    enum Kind {
        ADD,
        CHANGE,
        BREAK,
        REMOVE,
        EDIT_REPEATABLE,
        REMOVE_REPEATABLE,
        MIGRATE,
        MIGRATE_TO,
        ROLLBACK,
        ROLLBACK_TO,
        REDO,
        MARK_APPLIED,
        MARK_PENDING,
        REPAIR,
        BASELINE,
        RESUME
    }

    record Step(Kind kind, int number) {}

    /** A file: another edition is a changed one, a broken one fails in its middle, behind what is committed. */
    record File(int edition, boolean broken) {}

    /** What must be so after each step. */
    private static final class Model {
        final SortedMap<Integer, File> files = new TreeMap<>();
        final SortedMap<Integer, File> applied = new TreeMap<>();
        final SortedSet<Integer> midway = new TreeSet<>();
        // How often the beginning of a version's script is in the database.
        final SortedMap<Integer, Integer> log = new TreeMap<>();
        // Editions of the repeatable one: that of the file, and the one that ran last.
        @Nullable Integer repeatable;

        @Nullable Integer repeated;

        boolean outdated;
        int repetitions;

        boolean isValid() {
            boolean changedOrMissing =
                    applied.entrySet().stream().anyMatch(row -> !row.getValue().equals(files.get(row.getKey())))
                            || !files.keySet().containsAll(midway);
            SortedSet<Integer> rows = new TreeSet<>(midway);
            rows.addAll(applied.keySet());
            boolean late = !rows.isEmpty()
                    && files.headMap(rows.last()).keySet().stream().anyMatch(file -> !rows.contains(file));
            return !changedOrMissing && !late;
        }

        boolean migrate(int target) {
            if (!isValid() || (target != VERSIONS && !files.containsKey(target) && !midway.contains(target))) {
                return false;
            }
            for (int version : files.headMap(target + 1).keySet()) {
                if (!applied.containsKey(version) && !apply(version)) {
                    return false;
                }
            }
            boolean everything = target == VERSIONS;
            if (everything && repeatable != null && repeatableState() != State.APPLIED) {
                repeat();
            }
            return true;
        }

        private void repeat() {
            repeated = repeatable;
            outdated = false;
            repetitions++;
        }

        @Nullable State repeatableState() {
            if (repeatable == null) {
                return repeated == null ? null : State.MISSING;
            }
            if (repeated == null) {
                return State.PENDING;
            }
            return outdated || !repeated.equals(repeatable) ? State.OUTDATED : State.APPLIED;
        }

        private boolean apply(int version) {
            if (!midway.remove(version)) {
                log.merge(version, 1, Integer::sum);
            }
            if (files.get(version).broken()) {
                midway.add(version);
                return false;
            }
            applied.put(version, files.get(version));
            return true;
        }

        boolean rollback(int steps) {
            List<Integer> newest = applied.keySet().stream()
                    .sorted((left, right) -> right - left)
                    .limit(steps)
                    .toList();
            // A model with down SQL for every file: only one that is gone cannot be taken back.
            boolean possible =
                    midway.isEmpty() && newest.size() == steps && files.keySet().containsAll(newest);
            if (possible) {
                applied.keySet().removeAll(newest);
                log.keySet().removeAll(newest);
                outdated = true;
            }
            return possible;
        }

        boolean rollbackTo(int version) {
            int above = applied.tailMap(version + 1).size();
            return midway.isEmpty() && applied.containsKey(version) && (above == 0 || rollback(above));
        }

        boolean redo() {
            Integer newest = applied.isEmpty() ? null : applied.lastKey();
            boolean done = rollback(1) && apply(newest);
            if (done && repeated != null && repeatable != null) {
                repeat();
            }
            return done;
        }

        boolean markApplied(int version) {
            if (files.containsKey(version) && !applied.containsKey(version)) {
                midway.remove(version);
                applied.put(version, files.get(version));
            }
            return files.containsKey(version);
        }

        boolean markPending(int version) {
            boolean known = files.containsKey(version) | applied.containsKey(version) | midway.remove(version);
            applied.remove(version);
            return known;
        }

        boolean repair() {
            applied.replaceAll((version, edition) -> files.getOrDefault(version, edition));
            return true;
        }

        boolean baseline(int version) {
            boolean possible = files.containsKey(version) && applied.isEmpty() && midway.isEmpty();
            if (possible) {
                applied.putAll(files.headMap(version + 1));
            }
            return possible;
        }

        boolean resume(int version) {
            return midway.contains(version) && files.containsKey(version) && apply(version);
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
        database.execute("create table log (version int)", "create table repetitions (edition int)");
        Migrator migrator = Migrator.builder(database.dataSource())
                .source(() -> source(model))
                .build();
        for (Step step : steps) {
            play(migrator, model, step);

            assertThat(versions(
                                    database,
                                    "select version from schema_migrations where state = 'applied'"
                                            + " and version <> 'R__repeated'")
                            .keySet())
                    .as("%s of %s", step, steps)
                    .isEqualTo(model.applied.keySet());
            assertThat(versions(database, "select version from schema_migrations where state = 'failed'")
                            .keySet())
                    .isEqualTo(model.midway);
            assertThat(versions(database, "select version from log"))
                    .as("%s of %s", step, steps)
                    .isEqualTo(model.log);
            assertThat(migrator.validate().isValid()).isEqualTo(model.isValid());
            assertThat(database.queryOne("select count(*) from repetitions"))
                    .as("%s of %s", step, steps)
                    .isEqualTo("" + model.repetitions);
            assertThat(migrator.status().stream()
                            .filter(status -> status.version().equals("R__repeated"))
                            .map(MigrationStatus::state)
                            .findFirst()
                            .orElse(null))
                    .as("%s of %s", step, steps)
                    .isEqualTo(model.repeatableState());
        }
    }

    private static List<Migration> source(Model model) {
        List<Migration> source = new ArrayList<>();
        model.files.forEach((version, file) -> source.add(migration(version, file)));
        if (model.repeatable != null) {
            source.add(Migration.repeatable("repeated", "insert into repetitions values (" + model.repeatable + ")"));
        }
        return source;
    }

    private static void play(Migrator migrator, Model model, Step step) {
        int number = step.number;
        switch (step.kind) {
            case ADD -> model.files.putIfAbsent(number, new File(0, false));
            case CHANGE -> model.files.computeIfPresent(number, (version, file) -> new File(file.edition() + 1, false));
            case BREAK ->
                model.files.computeIfPresent(number, (version, file) -> new File(file.edition() + 1, canBreak(number)));
            case REMOVE -> model.files.remove(number);
            // Few editions, so that some come again.
            case EDIT_REPEATABLE -> model.repeatable = number % 3;
            case REMOVE_REPEATABLE -> model.repeatable = null;
            case MIGRATE -> expect(model.migrate(VERSIONS), migrator::migrate);
            case MIGRATE_TO -> expect(model.migrate(number), () -> migrator.migrate("" + number));
            case ROLLBACK -> expect(model.rollback(number), () -> migrator.rollback(number));
            case ROLLBACK_TO -> expect(model.rollbackTo(number), () -> migrator.rollbackTo("" + number));
            case REDO -> expect(model.redo(), migrator::redo);
            case MARK_APPLIED ->
                expect(model.markApplied(number), () -> migrator.history().markApplied("" + number));
            case MARK_PENDING ->
                expect(model.markPending(number), () -> migrator.history().markPending("" + number));
            case REPAIR -> expect(model.repair(), () -> migrator.history().repair());
            case BASELINE ->
                expect(model.baseline(number), () -> migrator.history().baseline("" + number));
            case RESUME -> expect(model.resume(number), () -> migrator.history().resume("" + number));
        }
    }

    // Only what has several transactions can stop between them.
    private static boolean canBreak(int version) {
        return version % 2 == 0;
    }

    private static void expect(boolean possible, Runnable call) {
        if (possible) {
            call.run();
        } else {
            assertThatThrownBy(call::run).isInstanceOf(MigrationException.class);
        }
    }

    private static Migration migration(int version, File file) {
        String middle = canBreak(version) ? "vacuum;\n" : "";
        return Migration.of(
                "" + version,
                "edition " + file.edition(),
                "insert into log values (" + version + ");\n" + middle
                        + (file.broken() ? "insert into nowhere values (1)" : "select 1") + "; -- " + file.edition(),
                "delete from log where version = " + version);
    }

    private static SortedMap<Integer, Integer> versions(TestDatabase database, String sql) throws SQLException {
        SortedMap<Integer, Integer> versions = new TreeMap<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            if (sql.contains("schema_migrations") && isAbsent(connection)) {
                return versions;
            }
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    versions.merge(Integer.valueOf(rows.getString(1)), 1, Integer::sum);
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
                Tuple.of(2, Kind.EDIT_REPEATABLE),
                Tuple.of(1, Kind.REMOVE_REPEATABLE),
                Tuple.of(3, Kind.MIGRATE),
                Tuple.of(3, Kind.MIGRATE_TO),
                Tuple.of(3, Kind.ROLLBACK),
                Tuple.of(2, Kind.ROLLBACK_TO),
                Tuple.of(2, Kind.BREAK),
                Tuple.of(1, Kind.REDO),
                Tuple.of(1, Kind.MARK_APPLIED),
                Tuple.of(1, Kind.MARK_PENDING),
                Tuple.of(1, Kind.REPAIR),
                Tuple.of(1, Kind.BASELINE),
                Tuple.of(2, Kind.RESUME));
        return Combinators.combine(kinds, Arbitraries.integers().between(1, VERSIONS - 1))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(25);
    }
}
