package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.internal.Dialect;
import java.io.StringReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTracesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE t (id integer PRIMARY KEY)",
                "create index i on t (a)",
                "ALTER TABLE t ADD COLUMN b text",
                "CREATE VIEW v AS SELECT a FROM t"
            })
    void plainDefinitionsLeaveNothing(String sql) throws Exception {
        assertThat(mayLeaveAny(sql, Dialect.POSTGRESQL)).isFalse();
        assertThat(mayLeaveAny(sql, Dialect.SQLITE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TEMP TABLE t (id integer)",
                "CREATE TABLE pg_temp.t (id integer)",
                "CREATE TABLE t (id serial)",
                "CREATE TABLE t AS SELECT set_config('search_path', '', false)",
                "ALTER TABLE t ADD COLUMN b text DEFAULT leaves_a_trace()",
                "ALTER TABLE t ALTER COLUMN b TYPE integer USING leaves_a_trace()",
                "ALTER TABLE t ADD CHECK (leaves_a_trace(a))",
                "ALTER TABLE t VALIDATE CONSTRAINT c",
                "ALTER TABLE t ADD COLUMN b text GENERATED ALWAYS AS (leaves_a_trace(a)) STORED",
                "CREATE INDEX i ON t (leaves_a_trace(a))",
                "CREATE INDEX i ON t (a) WHERE leaves_a_trace(a)",
                "INSERT INTO t VALUES (leaves_a_trace())",
                "SET search_path TO other",
                "SELECT leaves_a_trace()",
                "DO $$ BEGIN PERFORM leaves_a_trace(); END $$"
            })
    void whateverMayLeaveSomethingIsSeen(String sql) throws Exception {
        assertThat(mayLeaveAny(sql, Dialect.POSTGRESQL)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INSERT INTO t VALUES (1)", "UPDATE t SET a = 1", "DELETE FROM t"})
    void rowsLeaveNothingOnlyWhereNoSequenceIs(String sql) throws Exception {
        assertThat(mayLeaveAny(sql, Dialect.SQLITE)).isFalse();
        assertThat(mayLeaveAny(sql, Dialect.POSTGRESQL)).isTrue();
    }

    private static boolean mayLeaveAny(String sql, Dialect dialect) throws Exception {
        SqlStatement statement = new Lexer(new StringReader(sql), dialect).next();
        assertThat(statement).isNotNull();
        return SessionTraces.mayLeaveAny(statement, dialect);
    }
}
