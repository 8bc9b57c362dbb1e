package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant: a script is taken apart into the statements that psql would send, or refused; nothing of it is lost. */
class SqlScriptTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 'a;b', 'it''s; \\', \"odd;\"\"name\"",
                "select E'\\';\\\\', e'a;b', name'x;'",
                "create function f() returns text language sql as $$ select 'x'; $$",
                "create function f() returns text language sql as $_a1$ $$;$b$; $_a1$",
                "create function f(integer) returns integer language sql as 'select $1; '",
                "select a$b$c, $1",
                "select /* ; /* nested; */ ' */ 1",
                "select 1 -- it's; a remark\n + 2",
                "CREATE FUNCTION f() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END",
                "CREATE OR REPLACE PROCEDURE \"begin\"() LANGUAGE sql\n    BEGIN ATOMIC\n INSERT INTO t VALUES (1);\nEND",
                "CREATE RULE r AS ON DELETE TO t DO INSTEAD ( INSERT INTO u VALUES (1);\n DELETE FROM v; )",
                "CREATE TABLE \"end\" (\"case\" text DEFAULT 'begin;')",
                "CREATE VIEW v AS SELECT CASE WHEN (1 = 1) THEN 2 ELSE 3 END AS c"
            })
    void statementStaysWhole(String sql) throws IOException {
        assertThat(SqlScript.statements("-- before; it\n" + sql + ";\n\n/* ; */\nselect 2;\n"))
                .containsExactly(sql, "select 2");
    }

    @Test
    void scriptsOfNothingAreEmpty() throws IOException {
        assertThat(SqlScript.statements("")).isEmpty();
        assertThat(SqlScript.statements("-- a\n;;\n  ; /* b */")).isEmpty();
    }

    @Test
    void fencesAreLeftAway() throws IOException {
        String script = "--\n-- x\n\n\\restrict Abc0;'\n\nSET a = 1;\nselect '\n\\restrict no';\n\\unrestrict Abc0;'\n";

        List<String> statements = SqlScript.statements(script);

        assertThat(statements).containsExactly("SET a = 1", "select '\n\\restrict no'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\\connect other", "\\! rm x", "\\copy t from x", "\\.", "\\restricted x", "select 1 \\gexec"})
    void commandsOfPsqlAreRefusedByName(String line) {
        String name = line.replaceAll("^[^\\\\]*\\\\(\\S+).*", "$1");

        assertThatThrownBy(() -> SqlScript.statements("select 1;\n" + line + "\nselect 2;\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("\\" + name + ",");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "select 'a;",
                "select $$a;",
                "select \"a;",
                "/* a;",
                "select (1;",
                "CREATE FUNCTION f() RETURNS integer BEGIN ATOMIC SELECT 1;"
            })
    void scriptThatEndsInTheMiddleIsRefused(String script) {
        assertThatThrownBy(() -> SqlScript.statements(script))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ends in the middle");
    }
}
