package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.examples.labs.SqlExercise;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Two queries over a hundred thousand rows, and indexes that do not help them. */
public final class IndexLab implements Lab {
    private static final String ACCOUNT = "payments-by-account";
    private static final String REFERENCE = "payments-by-reference";
    private static final String BY_ACCOUNT =
            "select count(*), sum(cents) from payments where account_id = 471 and booked_at >= '2025-03-15'";
    private static final String BY_REFERENCE = "select id, cents from payments where lower(reference) = 'inv-77777'";
    private static final int MOST_INDEXES = 2;
    private static final int MOST_PAGES_ACCOUNT = 150;
    private static final int MOST_PAGES_REFERENCE = 10;
    private static final Pattern WAL = Pattern.compile("WAL:.*bytes=(\\d+)");

    @Override
    public String name() {
        return "index";
    }

    @Override
    public Level level() {
        return Level.PRACTICE;
    }

    @Override
    public void play(Scene scene) throws Exception {
        SqlExercise exercise = SqlExercise.read(scene.exercise("indexes.sql"));
        try (Connection sqlite = scene.sqlite().dataSource().getConnection()) {
            onSqlite(scene, sqlite, exercise);
        }
        try (Connection postgres = scene.postgres().dataSource().getConnection()) {
            onPostgres(scene, postgres, exercise);
            cost(scene, postgres);
        }
    }

    private static void onSqlite(Scene scene, Connection connection, SqlExercise exercise)
            throws SQLException, ExerciseException {
        scene.heading("SQLite, 100,000 payments, no index");
        connection.setAutoCommit(false);
        Sql.run(
                connection,
                "create table payments (id integer primary key, account_id integer not null, booked_at text not null,"
                        + " reference text not null, cents integer not null)",
                "with recursive n (i) as (select 1 union all select i + 1 from n where i < 100000)"
                        + " insert into payments (id, account_id, booked_at, reference, cents)"
                        + " select i, i % 1000, date('2025-01-01', '+' || ((i * 7919) % 365) || ' days'), 'INV-' || i,"
                        + " i % 977 from n");
        connection.commit();
        connection.setAutoCommit(true);
        List<String> accountBefore = Sql.rows(connection, BY_ACCOUNT);
        boolean scans = sqlitePlan(scene, connection, BY_ACCOUNT).startsWith("SCAN")
                && sqlitePlan(scene, connection, BY_REFERENCE).startsWith("SCAN");
        scene.fact("SQLite reads the whole table for either query without an index", scans);

        scene.heading("SQLite, with your indexes");
        create(scene, connection, exercise);
        String account = sqlitePlan(scene, connection, BY_ACCOUNT);
        String reference = sqlitePlan(scene, connection, BY_REFERENCE);
        scene.goal(
                "SQLite searches an index for the payments of the account",
                account.startsWith("SEARCH payments USING ")
                        && account.contains("INDEX")
                        && account.contains("account_id=?")
                        && Sql.rows(connection, BY_ACCOUNT).equals(accountBefore),
                "the plan has to say (account_id=? ...): an index is searched by its first columns, as a telephone"
                        + " book is by surname");
        scene.goal(
                "SQLite searches an index for the reference",
                reference.startsWith("SEARCH payments USING ")
                        && reference.contains("INDEX")
                        && Sql.rows(connection, BY_REFERENCE).equals(List.of("77777|" + 77777 % 977)),
                "an index of a column knows nothing of a function of that column");
    }

    private static String sqlitePlan(Scene scene, Connection connection, String sql) throws SQLException {
        scene.say("   > %s", sql);
        // Columns: id, parent, notused, detail.
        String plan = Sql.rows(connection, "explain query plan " + sql).stream()
                .map(row -> row.split("\\|", 4)[3])
                .collect(Collectors.joining("; "));
        scene.say("     %s", plan);
        return plan;
    }

    private static void create(Scene scene, Connection connection, SqlExercise exercise) throws ExerciseException {
        for (String name : List.of(ACCOUNT, REFERENCE)) {
            String sql = exercise.statement(name);
            scene.say("   > %s", sql.replaceAll("\\s+", " "));
            Sql.runOfExercise(connection, name, sql);
        }
    }

    private static void onPostgres(Scene scene, Connection connection, SqlExercise exercise)
            throws SQLException, ExerciseException {
        scene.heading("PostgreSQL, 100,000 payments, no index");
        Sql.run(
                connection,
                // Plans that are the same on every machine.
                "set max_parallel_workers_per_gather = 0",
                "set jit = off",
                "create table payments (id bigint primary key, account_id int not null, booked_at date not null,"
                        + " reference text not null, cents bigint not null)",
                "insert into payments select i, i % 1000, date '2025-01-01' + (i * 7919 % 365)::int, 'INV-' || i,"
                        + " i % 977 from generate_series(1::bigint, 100000) i",
                "vacuum (analyze) payments");
        List<String> accountBefore = Sql.rows(connection, BY_ACCOUNT);
        long pages = Sql.number(connection, "select pg_relation_size('payments') / 8192");
        PostgresPlan account = plan(scene, connection, BY_ACCOUNT);
        PostgresPlan reference = plan(scene, connection, BY_REFERENCE);
        scene.fact(
                "PostgreSQL reads all " + pages + " pages of the table for either query without an index",
                account.has("Seq Scan")
                        && reference.has("Seq Scan")
                        && account.buffers() >= pages
                        && reference.buffers() >= pages);

        scene.heading("PostgreSQL, with your indexes");
        create(scene, connection, exercise);
        Sql.run(connection, "vacuum (analyze) payments");
        account = plan(scene, connection, BY_ACCOUNT);
        reference = plan(scene, connection, BY_REFERENCE);
        scene.goal(
                "PostgreSQL finds the payments of the account by an index, in at most " + MOST_PAGES_ACCOUNT + " pages",
                !account.has("Seq Scan")
                        && account.buffers() <= MOST_PAGES_ACCOUNT
                        && Sql.rows(connection, BY_ACCOUNT).equals(accountBefore),
                "it read " + account.buffers()
                        + " pages: if the date comes first, the account's payments lie all over the" + " index");
        scene.goal(
                "PostgreSQL finds the reference by an index, in at most " + MOST_PAGES_REFERENCE + " pages",
                !reference.has("Seq Scan")
                        && reference.buffers() <= MOST_PAGES_REFERENCE
                        && Sql.rows(connection, BY_REFERENCE).equals(List.of("77777|" + 77777 % 977)),
                "it read " + reference.buffers() + " pages: the query compares lower(reference), which no index has");
        scene.show(
                connection,
                "select indexrelname as index, pg_size_pretty(pg_relation_size(indexrelid)) as size\n"
                        + "from pg_stat_user_indexes where relname = 'payments' order by 1");
        scene.goal(
                "there are no more than " + MOST_INDEXES + " indexes beside the primary key",
                Sql.number(connection, "select count(*) from pg_index where indrelid = 'payments'::regclass")
                        <= MOST_INDEXES + 1,
                "each index costs every insert; see below");
    }

    private static PostgresPlan plan(Scene scene, Connection connection, String sql) throws SQLException {
        PostgresPlan plan = PostgresPlan.of(connection, sql);
        scene.say("   > %s", sql);
        plan.lines().forEach(line -> scene.say("     %s", line));
        return plan;
    }

    /** On tables of its own: what an index costs does not depend on the exercise. */
    private static void cost(Scene scene, Connection connection) throws SQLException {
        scene.heading("what it costs: 5,000 inserts");
        Sql.run(
                connection,
                "create table plain (id bigint, account_id int, reference text)",
                "create table indexed (like plain)",
                "create index on indexed (account_id, id)",
                "create index on indexed (lower(reference))");
        long plain = insert(scene, connection, "plain", "no index   ");
        long indexed = insert(scene, connection, "indexed", "two indexes");
        scene.fact("each index makes inserts write more", indexed > plain);
    }

    private static long insert(Scene scene, Connection connection, String table, String what) throws SQLException {
        long begun = System.nanoTime();
        List<String> plan = Sql.rows(
                connection,
                "explain (analyze, wal, costs off, timing off, summary off) insert into " + table
                        + " select i, i * 7919 % 1000, 'INV-' || i from generate_series(1, 5000) i");
        long millis = (System.nanoTime() - begun) / 1_000_000;
        String wal = plan.stream()
                .filter(line -> WAL.matcher(line).find())
                .findFirst()
                .orElse("");
        Matcher bytes = WAL.matcher(wal);
        long written = bytes.find() ? Long.parseLong(Objects.requireNonNull(bytes.group(1))) : 0;
        scene.say(
                "   %s  %,8d bytes of write-ahead log, %,8d bytes of table and indexes, %d ms",
                what, written, Sql.number(connection, "select pg_total_relation_size('" + table + "')"), millis);
        return written;
    }
}
