package dev.wellhead.migrate.internal;

import static dev.wellhead.jdbc.internal.Dialect.POSTGRESQL;
import static dev.wellhead.jdbc.internal.Dialect.SQLITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.internal.Dialect;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionRuleTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "create index concurrently on t (a)",
                "CREATE UNIQUE INDEX /* now */ CONCURRENTLY IF NOT EXISTS i ON t (a)",
                "drop index concurrently if exists i",
                "reindex table concurrently t",
                "reindex (verbose, concurrently) index i",
                "reindex (verbose) database d",
                "reindex schema s",
                "vacuum full t",
                "create database d",
                "drop tablespace s",
                "alter database d set tablespace s",
                "alter system set work_mem = '1MB'",
                "alter table if exists only \"s\".\"t\" detach partition \"s\".\"p\" concurrently",
                "cluster",
                "cluster verbose",
                "discard all",
                "begin",
                "start transaction",
                "commit and chain",
                "end",
                "abort",
                "rollback",
                "rollback and no chain",
                "prepare transaction 'x'",
            })
    void postgresObjectsToThese(String sql) throws ScriptException {
        assertThat(objection(sql, POSTGRESQL)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create index \"concurrently\" on t (a)",
                "create index i on concurrently (a)",
                "select 'create index concurrently'",
                "refresh materialized view concurrently v",
                "alter table t detach partition p",
                "alter type e add value 'x'",
                "alter database d set work_mem = '1MB'",
                "cluster t using i",
                "reindex table t",
                "savepoint s",
                "rollback to s",
                "rollback work to savepoint s",
                "release s",
                "prepare p as select 1",
                "discard temp",
                "do $$ begin commit; end $$",
            })
    void postgresAcceptsThese(String sql) throws ScriptException {
        assertThat(objection(sql, POSTGRESQL)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vacuum",
                "pragma journal_mode = wal",
                "PRAGMA main.foreign_keys = off",
                "pragma \"journal_mode\"",
                "attach 'x.db' as x",
                "detach x",
                "begin immediate",
                "end transaction",
                "rollback transaction",
            })
    void sqliteObjectsToThese(String sql) throws ScriptException {
        assertThat(objection(sql, SQLITE)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pragma user_version = 3",
                "pragma main.foreign_key_check",
                "pragma defer_foreign_keys = on",
                "rollback transaction to savepoint s",
                "savepoint s",
                "create table vacuum (a)",
            })
    void sqliteAcceptsThese(String sql) throws ScriptException {
        assertThat(objection(sql, SQLITE)).isNull();
    }

    private static String objection(String sql, Dialect dialect) throws ScriptException {
        return TransactionRule.objection(Lexer.split(sql, dialect).get(0), dialect);
    }
}
