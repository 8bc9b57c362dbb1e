package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.SimpleQuery;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Generated scripts, split here and by the databases themselves: PostgreSQL splits a message that holds a whole script,
 * SQLite one that is executed as a whole.
 */
class LexerDifferentialTest {
    private static final int SCRIPTS = 2_000;
    private static final int MANY_SCRIPTS = 50_000;
    // A fixed one, so that a failure can be had again.
    private static final long SEED = 20260101;

    @Test
    void postgresSplitsAsTheLexerDoes() throws Exception {
        comparePostgres(SCRIPTS);
    }

    @Tag("thorough")
    @Test
    void postgresSplitsManyScriptsAsTheLexerDoes() throws Exception {
        comparePostgres(MANY_SCRIPTS);
    }

    @Test
    void sqliteSplitsAsTheLexerDoes() throws Exception {
        compareSqlite(SCRIPTS);
    }

    @Tag("thorough")
    @Test
    void sqliteSplitsManyScriptsAsTheLexerDoes() throws Exception {
        compareSqlite(MANY_SCRIPTS);
    }

    private static void comparePostgres(int count) throws IOException, ScriptException {
        Random random = new Random(SEED);
        try (TestDatabase database = TestDatabase.postgres();
                SimpleQuery server = SimpleQuery.to(PostgresServer.shared(), database.name())) {
            server.run("create table t (a text); create table r (a text)");
            int statements = 0;
            for (int i = 0; i < count; i++) {
                String script = new ScriptGrammar(random, Dialect.POSTGRESQL).script();

                List<SqlStatement> split = Lexer.split(script, Dialect.POSTGRESQL);
                List<String> whole = server.run(script);

                List<String> apart = new ArrayList<>();
                for (SqlStatement each : split) {
                    List<String> answers = server.run(each.text());
                    // What the lexer takes for one statement is one.
                    assertThat(answers).as(each.text()).hasSize(1);
                    apart.addAll(answers);
                }
                assertThat(apart).as("script %d: %s", i, script).isEqualTo(whole);
                statements += apart.size();
            }
            assertThat(statements).isGreaterThan(count);
        }
    }

    private static void compareSqlite(int count) throws SQLException, ScriptException {
        Random random = new Random(SEED);
        try (TestDatabase database = TestDatabase.sqlite();
                Connection connection = database.dataSource().getConnection()) {
            int statements = 0;
            for (int i = 0; i < count; i++) {
                String script = new ScriptGrammar(random, Dialect.SQLITE).script();
                List<SqlStatement> split = Lexer.split(script, Dialect.SQLITE);

                List<String> whole = effect(connection, List.of(script));
                List<String> apart = effect(
                        connection, split.stream().map(SqlStatement::text).toList());

                assertThat(apart).as("script %d: %s", i, script).isEqualTo(whole);
                statements += split.size();
            }
            assertThat(statements).isGreaterThan(count);
        }
    }

    // Each text goes to sqlite3_exec, which runs all statements that SQLite finds in it.
    private static List<String> effect(Connection connection, List<String> texts) throws SQLException {
        List<String> effect = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("begin");
            statement.executeUpdate("create table t (a text); create table r (a text)");
            for (String text : texts) {
                statement.executeUpdate(text);
            }
            for (String query : List.of(
                    "select rowid || a from t order by rowid",
                    "select rowid || a from r order by rowid",
                    "select name || coalesce(sql, '') from sqlite_master order by name")) {
                try (ResultSet rows = statement.executeQuery(query)) {
                    while (rows.next()) {
                        effect.add(rows.getString(1));
                    }
                }
            }
            statement.executeUpdate("rollback");
        }
        return effect;
    }
}
