package dev.wellhead.pool;

import static dev.wellhead.pool.SessionState.SQL_SESSION;
import static dev.wellhead.pool.SessionState.SQL_TRANSACTION;
import static dev.wellhead.pool.SqlDialect.OTHER;
import static dev.wellhead.pool.SqlDialect.POSTGRES;
import static dev.wellhead.pool.SqlDialect.SQLITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatementEffectsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "begin",
                "BEGIN IMMEDIATE",
                " \n begin",
                "Start Transaction",
                "/* a */ -- b\n begin",
                ";begin",
                "savepoint a",
                "select 1; begin; insert into t values (1)",
                "select ';'; savepoint a",
                "\uFEFFbegin",
                "begin;"
            })
    void beginningsOfTransactionsAreSeenAnywhereInAScript(String sql) {
        for (SqlDialect dialect : SqlDialect.values()) {
            assertThat(StatementEffects.of(sql, dialect)).isEqualTo(SQL_TRANSACTION);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ; ; ",
                "select 1",
                "/* begin",
                "-- begin",
                "select begin from t",
                "insert into begin values (1)",
                "select '; begin'",
                "select \"; begin \" from t",
                "beginning",
                "begin1",
                "(begin)",
                "end; commit; rollback to a; release a"
            })
    void otherSqlBeginsNothing(String sql) {
        for (SqlDialect dialect : SqlDialect.values()) {
            assertThat(StatementEffects.of(sql, dialect)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set search_path to app",
                "SET statement_timeout = 0",
                "set session characteristics as transaction read only",
                "set /* local */ work_mem = '1MB'",
                "set \"local\" = 1",
                "set time zone 'UTC'",
                "set role admin",
                "select 1; set x.y = 1",
                "reset all",
                "discard plans",
                "listen channel",
                "load 'plugin'",
                "prepare p as select 1",
                "prepare transaction as select 1",
                "declare c cursor with hold for select 1",
                "declare c binary insensitive no scroll cursor with /* x */ hold for select 1",
                "create temp table t (id int)",
                "create temporary view v as select 1",
                "CREATE OR REPLACE TEMP VIEW v AS SELECT 1",
                "create local temporary sequence s",
                "create global temp table t (id int)",
                "explain analyze create temp table t as select 1",
                "create table pg_temp.t (id int)",
                "create function pg_temp.f() returns int language sql return 1",
                "select * into temp t from s",
                "select 1 into local temporary table t",
                "with r as (select 1) select * into temp t from r",
                "select set_config('search_path', 'app', false)",
                "select set_config('search_path', ?, ?)",
                "select set_config('search_path', 'app', not true)",
                "select set_config('search_path', 'app', true and false)",
                "select set_config('a.b', set_config('c.d', 'x', false), true)",
                "select set_config('a.b', 'x', true), set_config('c.d', 'x', false)",
                "select set_config('a.b', 'x', true",
                "select pg_catalog.set_config ('a.b', 'x', 'false')",
                "select pg_advisory_lock(1)",
                "SELECT PG_ADVISORY_LOCK_SHARED (1, 2)",
                "select pg_try_advisory_lock(1)",
                "select pg_try_advisory_lock_shared /* shared */ (1)",
                "update t set a = 1 where pg_try_advisory_lock(id)",
                "{call pg_advisory_lock(?)}",
                "select setseed(0.5)",
                "select set_limit(0.5)",
                "select dblink_connect('c', 'dbname=x')",
                "do $$ begin perform set_config('a.b', 'x', false); end $$",
                "do $x$ begin execute 'SET a.b = 1'; end $x$ language plpgsql",
                "do 'begin create temp table t (id int); end'",
                "do language plpgsql E'begin\\nperform pg_advisory_lock(1); end'",
                "select 'a\\'; set x = 1; select ''",
                "select E'\\\\'; set x = 1",
                "select $1; set x = 1",
                "select a$b$ from t; set x = 1; select $b$",
                "select 1 -- one\r; set x = 1"
            })
    void whatStaysOnAPostgresSessionIsSeen(String sql) {
        assertThat(StatementEffects.of(sql, POSTGRES)).isEqualTo(SQL_SESSION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set local search_path to app",
                "set transaction isolation level serializable",
                "set transaction snapshot '1'",
                "set constraints all deferred",
                "prepare transaction 'id'",
                "deallocate p",
                "execute p",
                "unlisten *",
                "notify channel, 'set x = 1'",
                "show search_path",
                "update t set a = 1",
                "insert into t values (1) on conflict (id) do update set a = 2",
                "insert into temp values (1)",
                "merge into temp using s on true when matched then do nothing",
                "create table temp (id int)",
                "create table t (temp int, pragma int)",
                "create index temp on t (a)",
                "select into from t",
                "alter role app set search_path to app",
                "alter table t attach partition p default",
                "create function f() returns int language sql set search_path = app return 1",
                "create function f() returns void language plpgsql as $$ begin set x = 1; listen c; end $$",
                "declare c cursor without hold for select 1",
                "declare c cursor for select 1",
                "select set_config('app.tenant', ?, true)",
                "select set_config('app.tenant', current_setting('x'), /* local */ TRUE)",
                "select set_config from t",
                "select my_set_config('a', 'b', false)",
                "select \"set_config\" from t",
                "select pg_advisory_xact_lock(1), pg_try_advisory_xact_lock_shared(1)",
                "select pg_advisory_unlock(1)",
                "select 'set_config('",
                "do $$ begin raise notice 'hello'; end $$",
                "select E'\\'; set x = 1; select \\''",
                "select E'a'\n '\\'; set x = 1; '",
                "select E'a' -- more\n '\\'; set x = 1; '",
                "select $$; set x = 1$$",
                "select $a$ $b$; set x = 1 $a$",
                "select 1 /* /* ; */ set x = 1; */",
                "select 1 -- ; set x = 1",
                "set",
                "liſten c",
                "lısten c"
            })
    void whatEndsWithTheStatementOrTheTransactionOnPostgresIsNot(String sql) {
        assertThat(StatementEffects.of(sql, POSTGRES)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pragma foreign_keys = off",
                "PRAGMA main.cache_size(100)",
                "pragma query_only=1",
                "pragma \"table_info\" = 1",
                "pragma journal_mode = memory",
                "insert into t values (1); pragma synchronous = off",
                "attach 'x.db' as x",
                "detach database x",
                "create temp table t (id int)",
                "create temporary trigger r after insert on t begin select 1; end",
                "create table temp.t (id int)",
                "create table if not exists Temp . t (id int)",
                "select load_extension('x')",
                "select [it's]; pragma foreign_keys = off",
                "select `it's`; pragma foreign_keys = off",
                "select $a$; pragma foreign_keys = off -- $a$",
                "select 1 /* /* */; pragma foreign_keys = off"
            })
    void whatStaysOnASqliteConnectionIsSeen(String sql) {
        assertThat(StatementEffects.of(sql, SQLITE)).isEqualTo(SQL_SESSION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pragma foreign_keys",
                "pragma table_info(t)",
                "PRAGMA main.Table_Info('t')",
                "pragma index_list(t)",
                "pragma index_info(i)",
                "pragma foreign_key_list(t)",
                "pragma foreign_key_check(t)",
                "pragma integrity_check(10)",
                "pragma quick_check(1)",
                "pragma wal_checkpoint(truncate)",
                "pragma user_version = 7",
                "pragma application_id = 7",
                "pragma optimize(0x10002)",
                "explain pragma foreign_keys = off",
                "select * from pragma_table_info('t')",
                "insert or replace into temp values (1)",
                "replace into temp values (1)",
                "create table t (temp real, pragma text)",
                "create trigger r after insert on t begin update t set a = 1; end",
                "select '; pragma foreign_keys = off'",
                "select [; pragma foreign_keys = off]",
                "select `; pragma foreign_keys = off`",
                "select 1 -- \r; pragma foreign_keys = off"
            })
    void whatASqliteConnectionForgetsIsNot(String sql) {
        assertThat(StatementEffects.of(sql, SQLITE)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set local x = 1",
                "set @a = 1",
                "use other",
                "lock tables t write",
                "alter session set nls_date_format = 'x'",
                "do get_lock('x', 1)",
                "create table #t (id int)",
                "select 1 # it's\n; set x = 1",
                "select 'it\\'s'; set x = 1",
                "select 1 /*!40000 , set x = 1 */"
            })
    void doubtfulSqlOfOtherDatabasesCounts(String sql) {
        assertThat(StatementEffects.of(sql, OTHER) & SQL_SESSION).isEqualTo(SQL_SESSION);
    }

    @ParameterizedTest
    @EnumSource(SqlDialect.class)
    void theCacheTellsTheDialectsApart(SqlDialect dialect) {
        SqlEffects effects = new SqlEffects();
        String sql = "set local x = 1";

        for (SqlDialect each : SqlDialect.values()) {
            effects.of(sql, each);
        }

        assertThat(effects.of(sql, dialect)).isEqualTo(StatementEffects.of(sql, dialect));
        assertThat(effects.of(sql, dialect)).isEqualTo(dialect == OTHER ? SQL_SESSION : 0);
    }

    // --- generated scripts whose effects are known by construction

    /** SQL and what it does, said by whoever put it together. */
    private record Piece(String sql, int effects) {
        static Piece harmless(String sql) {
            return new Piece(sql, 0);
        }

        Piece and(String between, Piece next) {
            return new Piece(sql + between + next.sql, effects | next.effects);
        }
    }

    private static Arbitrary<String> soup() {
        return Arbitraries.of(
                        "'",
                        "\"",
                        "`",
                        "[",
                        "]",
                        "$$",
                        "$a$",
                        "$",
                        "--",
                        "/*",
                        "*/",
                        "\\",
                        ";",
                        "(",
                        ")",
                        ",",
                        "=",
                        " ",
                        "\n",
                        "\r",
                        "é",
                        "1",
                        "x",
                        "E'",
                        "; begin;",
                        ";set x = 1;",
                        ";listen c;",
                        " into temp t ",
                        " create temp table t ",
                        " pg_temp.t ",
                        " set_config('a', 'b', false) ",
                        ";pragma x = 1;")
                .list()
                .ofMaxSize(6)
                .map(parts -> String.join("", parts));
    }

    private static Arbitrary<String> blank(SqlDialect dialect) {
        Arbitrary<String> line = soup().map(text -> " --" + text.replaceAll("[\n\r]", "") + "\n");
        Arbitrary<String> block = soup().map(text -> "/*" + text.replaceAll("[*/]", "") + "*/");
        Arbitrary<String> nested = Combinators.combine(block, soup(), soup())
                .as((inner, before, after) ->
                        "/*" + before.replaceAll("[*/]", "") + inner + after.replaceAll("[*/]", "") + "*/");
        Arbitrary<String> plain = Arbitraries.of(" ", "\n", "\t ");
        return dialect == POSTGRES
                ? Arbitraries.oneOf(plain, plain, line, block, nested)
                : Arbitraries.oneOf(plain, plain, line, block);
    }

    private static Arbitrary<String> name(SqlDialect dialect) {
        Arbitrary<String> quoted = soup().map(text -> '"' + text.replace("\"", "\"\"") + 'x' + '"');
        Arbitrary<String> bracketed = soup().map(text -> "[" + text.replace("]", "") + "]");
        Arbitrary<String> ticked = soup().map(text -> "`" + text.replace("`", "``") + "`");
        return dialect == SQLITE
                ? Arbitraries.oneOf(Arbitraries.just("t"), quoted, bracketed, ticked)
                : Arbitraries.oneOf(Arbitraries.just("t"), quoted);
    }

    private static Arbitrary<String> literal(SqlDialect dialect) {
        Arbitrary<String> plain = soup().map(text -> "'" + text.replace("'", "''") + "'");
        Arbitrary<String> escaped = Combinators.combine(soup(), Arbitraries.of("''", "\\'"))
                .as((text, quote) -> "E'" + text.replace("\\", "\\\\").replace("'", quote) + "'");
        Arbitrary<String> continued =
                Combinators.combine(escaped, escaped).as((one, two) -> one + " --'x\n" + two.substring(1));
        Arbitrary<String> dollars = Combinators.combine(soup(), Arbitraries.of("$$", "$tag$", "$é_1$"))
                .as((text, tag) -> tag + text.replace("$", "") + tag);
        Arbitrary<String> other = soup().map(text -> "$other$" + text + "$other$");
        return dialect == POSTGRES ? Arbitraries.oneOf(plain, escaped, continued, dollars, other) : plain;
    }

    private static Arbitrary<Piece> statement(SqlDialect dialect) {
        Arbitrary<Piece> select = literal(dialect)
                .list()
                .ofMaxSize(3)
                .map(literals ->
                        Piece.harmless("select 1" + (literals.isEmpty() ? "" : ", " + String.join(", ", literals))));
        Arbitrary<Piece> from = Combinators.combine(blank(dialect), name(dialect))
                .as((blank, name) -> Piece.harmless("select" + blank + "* from " + name));
        Arbitrary<Piece> begins =
                Arbitraries.of("begin", "START transaction", "savepoint s").map(sql -> new Piece(sql, SQL_TRANSACTION));
        Arbitrary<Piece> sets = Combinators.combine(blank(dialect), literal(dialect))
                .as((blank, literal) ->
                        new Piece("SET" + blank + "x = " + literal, dialect == POSTGRES ? SQL_SESSION : 0));
        Arbitrary<Piece> setsLocally = Combinators.combine(blank(dialect), blank(dialect), literal(dialect))
                .as((one, two, literal) -> Piece.harmless("set" + one + "local" + two + "x = " + literal));
        Arbitrary<Piece> configures = Combinators.combine(
                        blank(dialect), literal(dialect), Arbitraries.of("true", "false"))
                .as((blank, literal, local) -> new Piece(
                        "select set_config" + blank + "('a.b', " + literal + "," + blank + local + blank + ")",
                        dialect == POSTGRES && local.equals("true") ? 0 : SQL_SESSION));
        Arbitrary<Piece> creates = Combinators.combine(blank(dialect), blank(dialect), name(dialect))
                .as((one, two, name) ->
                        new Piece("create" + one + "Temp" + two + "table " + name + " (id int)", SQL_SESSION));
        Arbitrary<Piece> inserts = Combinators.combine(blank(dialect), literal(dialect))
                .as((blank, literal) -> Piece.harmless("insert into" + blank + "temp values (" + literal + ")"));
        Arbitrary<Piece> pragma = Combinators.combine(blank(dialect), Arbitraries.of("cache_size", "table_info"))
                .as((blank, name) -> new Piece(
                        "pragma" + blank + name + blank + "(7)", name.equals("table_info") ? 0 : SQL_SESSION));
        return dialect == POSTGRES
                ? Arbitraries.oneOf(select, select, from, begins, sets, setsLocally, configures, creates, inserts)
                : Arbitraries.oneOf(select, select, from, begins, configures, creates, inserts, pragma);
    }

    private static Arbitrary<Piece> script(SqlDialect dialect) {
        Arbitrary<Piece> padded = Combinators.combine(blank(dialect), statement(dialect), blank(dialect))
                .as((before, statement, after) ->
                        Piece.harmless(before).and("", statement).and(after, Piece.harmless("")));
        return padded.list().ofMinSize(1).ofMaxSize(4).map(StatementEffectsTest::joined);
    }

    private static Piece joined(List<Piece> statements) {
        return statements.stream()
                .reduce((before, after) -> before.and(";", after))
                .orElseThrow();
    }

    @Provide
    Arbitrary<Piece> postgresScripts() {
        return script(POSTGRES);
    }

    @Provide
    Arbitrary<Piece> sqliteScripts() {
        return script(SQLITE);
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void literalsNamesAndCommentsNeitherHideNorInventOnPostgres(@ForAll("postgresScripts") Piece script) {
        assertThat(StatementEffects.of(script.sql(), POSTGRES)).isEqualTo(script.effects());
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void literalsNamesAndCommentsNeitherHideNorInventOnSqlite(@ForAll("sqliteScripts") Piece script) {
        assertThat(StatementEffects.of(script.sql(), SQLITE)).isEqualTo(script.effects());
    }
}
