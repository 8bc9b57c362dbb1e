package dev.wellhead.migrate;

import static dev.wellhead.migrate.MigratorFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run that ends at any point, however it ends: the next one comes to the same schema, data and history as an
 * undisturbed one.
 */
abstract class CrashContract {
    abstract TestDatabase create();

    /** Takes everything out of a database. */
    abstract void empty(TestDatabase database);

    /** Migrations with several transactions and statements that stand alone, all of which a catalogue can tell of. */
    abstract List<Migration> migrations();

    Migrator migrator(DataSource dataSource, MigrationListener listener) {
        return Migrator.builder(dataSource)
                .source(() -> migrations())
                .listener(listener)
                .lockWait(Duration.ofSeconds(60))
                // Stored behind the run, when all of it is committed; drift() says so if that did not come about.
                .withoutSnapshots()
                .build();
    }

    Migrator migrator(TestDatabase database) {
        return migrator(database.dataSource(), new MigrationListener() {});
    }

    /** Schema, data and what the history says of versions, in words. */
    static List<String> state(TestDatabase database) {
        List<String> state = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection()) {
            state.addAll(Catalog.of(connection).describe());
            for (String query : List.of(
                    "select version, state, statements_done, statements_total, doubt_sum, error from schema_migrations"
                            + " order by version",
                    "select count(*) from marks where true",
                    "select n from marks order by n")) {
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery(query)) {
                    int columns = rows.getMetaData().getColumnCount();
                    while (rows.next()) {
                        StringBuilder row = new StringBuilder();
                        for (int i = 1; i <= columns; i++) {
                            row.append(rows.getString(i)).append('|');
                        }
                        state.add(row.toString());
                    }
                }
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return state;
    }

    private List<String> undisturbed() {
        try (TestDatabase database = create()) {
            migrator(database).migrate();
            return state(database);
        }
    }

    @Test
    void linkThatBreaksAtAnyCallLeavesWhatTheNextRunCompletes() {
        linkThatBreaks(call -> call % 2 == 0);
    }

    @Tag("thorough")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void linkThatBreaksOnEitherSideOfAnyCallLeavesWhatTheNextRunCompletes(boolean afterwards) {
        linkThatBreaks(call -> afterwards);
    }

    private void linkThatBreaks(IntPredicate afterwards) {
        List<String> expected = undisturbed();
        int breaksAt = 0;
        boolean broken;
        try (TestDatabase database = create()) {
            do {
                empty(database);
                BrokenLink link = new BrokenLink(++breaksAt, afterwards.test(breaksAt));
                try {
                    migrator(Interceptor.around(database.dataSource(), link), new MigrationListener() {})
                            .migrate();
                } catch (MigrationException e) {
                    assertThat(e.code()).as(e.getMessage()).isIn("WH-MIG-007", "WH-MIG-012", "WH-MIG-013");
                }
                broken = link.hasBroken();

                migrator(database).migrate();

                assertThat(state(database)).as("broken at call %d", breaksAt).isEqualTo(expected);
            } while (broken);
        }
        assertThat(breaksAt).isGreaterThan(callsAtLeast());
    }

    @Test
    void processKilledAtAnyStatementLeavesWhatTheNextRunCompletes() {
        List<String> expected = undisturbed();
        int points = 0;
        boolean reached = true;
        while (reached) {
            try (TestDatabase database = create();
                    ChildJvm victim = ChildJvm.start(
                            CrashVictim.class,
                            getClass().getName(),
                            database.url(),
                            database.user(),
                            database.password(),
                            "" + (points + 1))) {
                String line = victim.awaitLine(CrashVictim.SIGN, PATIENCE);
                victim.kill();
                reached = line.contains(CrashVictim.STOPPED);
                points += reached ? 1 : 0;

                migrator(database).migrate();

                assertThat(state(database))
                        .as("killed at point %d: %s", points, line)
                        .isEqualTo(expected);
            }
        }
        // Before and behind each statement.
        assertThat(points).isEqualTo(2 * statements());
    }

    /** How many calls a run of these makes at least; it must not be that most are missed. */
    abstract int callsAtLeast();

    int statements() {
        try (TestDatabase database = create()) {
            List<String> sent = new ArrayList<>();
            migrator(database.dataSource(), new MigrationListener() {
                        @Override
                        public void onStatementCompleted(StatementEvent statement) {
                            sent.add(statement.sql());
                        }
                    })
                    .migrate();
            return sent.size();
        }
    }
}
