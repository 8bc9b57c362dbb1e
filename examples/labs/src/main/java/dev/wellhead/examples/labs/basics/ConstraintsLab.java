package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Rows that no table should take: an order of nobody, and a second user with the same address. */
public final class ConstraintsLab implements Lab {
    private static final String SCHEMA = "schema.sql";
    private static final String CONNECT = "connect-sqlite.sql";

    private static final int TIMEOUT_SECONDS = 15;
    private static final String FOREIGN_KEY_VIOLATION = "23503";
    private static final String UNIQUE_VIOLATION = "23505";

    @Override
    public String name() {
        return "constraints";
    }

    @Override
    public Level level() {
        return Level.BASICS;
    }

    @Override
    public void play(Scene scene) throws Exception {
        String schema = Files.readString(scene.exercise(SCHEMA));
        String connect = Files.readString(scene.exercise(CONNECT));
        DataSource postgres = scene.postgres().dataSource();
        DataSource sqlite = scene.sqlite().dataSource();
        facts(scene, postgres, sqlite);
        tryToBreak(scene, "PostgreSQL", postgres, schema, "");
        tryToBreak(scene, "SQLite", sqlite, schema, connect);
    }

    private static void facts(Scene scene, DataSource postgres, DataSource sqlite) throws SQLException {
        scene.heading("what the databases say when a constraint is there");
        String[] tables = {
            "create table wells (name varchar(20) primary key)",
            "create table readings (well varchar(20) not null references wells)"
        };
        try (Connection connection = postgres.getConnection()) {
            Sql.run(connection, tables);
            SQLException orphan = attempt(scene, connection, "insert into readings values ('A-1')");
            scene.fact(
                    "PostgreSQL refuses a row without its parent with 23503",
                    Sql.isState(orphan, FOREIGN_KEY_VIOLATION));
            Sql.run(connection, "insert into wells values ('A-1')");
            SQLException twice = attempt(scene, connection, "insert into wells values ('A-1')");
            scene.fact(
                    "PostgreSQL refuses a value that is there already with 23505",
                    Sql.isState(twice, UNIQUE_VIOLATION));
            Sql.run(connection, "drop table readings", "drop table wells");
        }
        try (Connection connection = sqlite.getConnection()) {
            Sql.run(connection, tables);
            scene.show(connection, "pragma foreign_keys");
            SQLException orphan = attempt(scene, connection, "insert into readings values ('A-1')");
            scene.fact(
                    "SQLite as it comes takes a row without its parent, though the table says 'references'",
                    orphan == null);
            Sql.run(connection, "pragma foreign_keys = on");
            scene.show(connection, "pragma foreign_keys");
            SQLException refused = attempt(scene, connection, "insert into readings values ('A-2')");
            scene.fact(
                    "with foreign_keys on it refuses, with an extended code of its own and no SQLState",
                    refused instanceof SQLiteException sqliteSays
                            && sqliteSays.getResultCode() == SQLiteErrorCode.SQLITE_CONSTRAINT_FOREIGNKEY
                            && sqliteSays.getSQLState() == null);
            Sql.run(connection, "drop table readings", "drop table wells");
        }
    }

    /** The schema is made on one connection and used on another one, as it is in a service. */
    private static void tryToBreak(Scene scene, String database, DataSource source, String schema, String connect)
            throws SQLException, ExerciseException {
        scene.heading(database + ", with your schema");
        try (Connection connection = open(source, connect)) {
            script(connection, SCHEMA, schema);
        }
        try (Connection connection = open(source, connect)) {
            boolean good = true;
            for (String sql : List.of(
                    "insert into users (id, email) values (1, 'ada@wells.example')",
                    "insert into users (id, email) values (2, 'Bob.Field@wells.example')",
                    "insert into orders (id, user_id, total) values (10, 1, 120)",
                    "insert into orders (id, user_id, total) values (11, 1, 80)")) {
                good &= attempt(scene, connection, sql) == null;
            }
            good &= Sql.rows(connection, "select email from users order by id")
                    .equals(List.of("ada@wells.example", "Bob.Field@wells.example"));
            scene.goal(
                    database + ": good rows go in as they are",
                    good,
                    "a constraint that refuses what is right is none");
            if (good) {
                orphans(scene, database, connection);
                twins(scene, database, connection);
            }
        }
    }

    private static void orphans(Scene scene, String database, Connection connection) throws SQLException {
        String hint = "which table must have a row for each user_id?"
                + (database.equals("SQLite")
                        ? " And on SQLite: who switches the check on, and for how long? See " + CONNECT
                        : "");
        attempt(scene, connection, "insert into orders (id, user_id, total) values (12, 99, 50)");
        scene.goal(
                database + ": an order of a user who does not exist is refused",
                Sql.number(connection, "select count(*) from orders where id = 12") == 0,
                hint);
        attempt(scene, connection, "delete from users where id = 1");
        scene.goal(
                database + ": when a user is deleted no order stays behind alone",
                Sql.number(
                                connection,
                                "select count(*) from orders where id in (10, 11)"
                                        + " and (user_id is null or user_id not in (select id from users))")
                        == 0,
                hint);
    }

    private static void twins(Scene scene, String database, Connection connection) throws SQLException {
        attempt(scene, connection, "insert into users (id, email) values (3, 'Bob.Field@wells.example')");
        scene.goal(
                database + ": a second user with the same address is refused",
                Sql.number(connection, "select count(*) from users where id = 3") == 0,
                "what must be there once only? Two requests at the same time both look first, and both find nothing");
        attempt(scene, connection, "insert into users (id, email) values (4, 'bob.field@WELLS.example')");
        scene.goal(
                database + ": the same address in other case is refused too",
                Sql.number(connection, "select count(*) from users where id = 4") == 0,
                "an index can be on an expression, and be unique; make it one that both databases know");
        scene.show(connection, "select id, email from users order by id");
    }

    private static Connection open(DataSource source, String connect) throws SQLException, ExerciseException {
        Connection connection = source.getConnection();
        try {
            script(connection, CONNECT, connect);
            return connection;
        } catch (ExerciseException e) {
            connection.close();
            throw e;
        }
    }

    /** Both drivers take a script with several statements; SQLite's takes them as an update only. */
    private static void script(Connection connection, String file, String script)
            throws SQLException, ExerciseException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(TIMEOUT_SECONDS);
            statement.executeUpdate(script);
        } catch (SQLException e) {
            throw new ExerciseException(file + ": " + Sql.describe(e), e);
        }
    }

    private static @Nullable SQLException attempt(Scene scene, Connection connection, String sql) {
        scene.say("   > " + sql);
        SQLException refusal = Sql.refusal(connection, sql);
        scene.say("     " + (refusal == null ? "accepted" : "refused: " + Sql.describe(refusal)));
        return refusal;
    }
}
