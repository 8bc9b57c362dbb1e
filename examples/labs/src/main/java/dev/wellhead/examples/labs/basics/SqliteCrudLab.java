package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.examples.labs.SqlExercise;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Create, read, update and delete, by statements that look right and are not. */
public final class SqliteCrudLab implements Lab {
    private static final String TODAY = "2026-03-31";

    @Override
    public String name() {
        return "sqlite-crud";
    }

    @Override
    public Level level() {
        return Level.BASICS;
    }

    @Override
    public void play(Scene scene) throws Exception {
        SqlExercise sql = SqlExercise.read(scene.exercise("tasks.sql"));
        try (Connection connection = scene.sqlite().dataSource().getConnection()) {
            seed(connection);
            scene.heading("the table, on " + TODAY);
            scene.show(connection, "select * from tasks order by id");

            create(scene, connection, sql);
            read(scene, connection, sql);
            update(scene, connection, sql);
            delete(scene, connection, sql);
        }
    }

    private static void seed(Connection connection) throws SQLException {
        Sql.run(connection, """
                create table tasks (
                    id integer primary key,
                    title text not null,
                    completed integer not null default 0 check (completed in (0, 1)),
                    created_at text not null
                )""", """
                insert into tasks (title, completed, created_at) values
                    ('order pipes', 1, '2026-01-10'),
                    ('inspect pump', 1, '2026-03-20'),
                    ('paint fence', 0, '2026-02-01'),
                    ('read meters', 0, '2026-03-30'),
                    ('call driller', 0, '2026-03-02'),
                    ('file report', 1, '2026-02-20')""");
    }

    private static void create(Scene scene, Connection connection, SqlExercise sql)
            throws SQLException, ExerciseException {
        scene.heading("create: 'test water', today");
        String create = sql.statement("create");
        Sql.ofExercise("create", () -> {
            try (PreparedStatement statement = connection.prepareStatement(create)) {
                statement.setString(1, "test water");
                statement.setString(2, TODAY);
                return statement.executeUpdate();
            }
        });
        scene.show(connection, "select * from tasks where id = 7");
        scene.goal(
                "a new task is not completed and was created today",
                Sql.rows(connection, "select title, completed, created_at from tasks where id = 7")
                        .equals(List.of("test water|0|" + TODAY)),
                "'create' gets the title as first parameter and the date as second");
    }

    private static void read(Scene scene, Connection connection, SqlExercise sql)
            throws SQLException, ExerciseException {
        scene.heading("read: incomplete, counted by status, newest");
        String incomplete = shown(scene, connection, sql, "incomplete");
        scene.goal(
                "'incomplete' finds the four open tasks",
                Sql.rows(connection, incomplete).size() == 4,
                "SQLite has no booleans: what does the column hold? It compares a number with a text without complaint");
        String counts = shown(scene, connection, sql, "counts");
        scene.goal(
                "'counts' gives one row for each status, with its number of tasks",
                Sql.rows(connection, counts).equals(List.of("0|4", "1|3")),
                "SQLite takes a column beside count(*) without 'group by', and picks any row for it; PostgreSQL refuses."
                        + " Order by status, too");
        String newest = shown(scene, connection, sql, "newest");
        scene.goal(
                "'newest' gives the three newest tasks, the newest first",
                Sql.ofExercise("newest", () -> Sql.rows(connection, "select id from (" + newest + ")"))
                        .equals(List.of("7", "4", "2")),
                "which end of the order does 'limit' keep?");
    }

    private static void update(Scene scene, Connection connection, SqlExercise sql)
            throws SQLException, ExerciseException {
        scene.heading("update: complete what was created before 2026-03-01");
        int changed = change(connection, sql, "complete-before", "2026-03-01");
        scene.say("   %d rows changed", changed);
        scene.show(connection, "select id, completed, created_at from tasks order by id");
        scene.goal(
                "'complete-before' completes the one task that is open and older, and touches no other",
                changed == 1
                        && Sql.rows(connection, "select id from tasks where completed = 0 order by id")
                                .equals(List.of("4", "5", "7")),
                "an update without 'where' means all; and what is complete already needs no change");
    }

    private static void delete(Scene scene, Connection connection, SqlExercise sql)
            throws SQLException, ExerciseException {
        scene.heading("delete: completed tasks older than 30 days, on " + TODAY);
        int changed = change(connection, sql, "delete-old", TODAY);
        scene.say("   %d rows changed", changed);
        scene.show(connection, "select id, completed, created_at from tasks order by id");
        scene.goal(
                "'delete-old' deletes three, and keeps the completed task that is younger",
                Sql.rows(connection, "select id from tasks order by id").equals(List.of("2", "4", "5", "7")),
                "dates kept as text compare as text: 30 days before is date(?, '-30 days')");
    }

    /** Shows what a statement of the exercise gives, and returns the statement. */
    private static String shown(Scene scene, Connection connection, SqlExercise sql, String name)
            throws ExerciseException {
        String statement = sql.statement(name);
        Sql.ofExercise(name, () -> {
            scene.show(connection, statement);
            return true;
        });
        return statement;
    }

    private static int change(Connection connection, SqlExercise sql, String name, String date)
            throws ExerciseException {
        String change = sql.statement(name);
        return Sql.ofExercise(name, () -> {
            try (PreparedStatement statement = connection.prepareStatement(change)) {
                if (statement.getParameterMetaData().getParameterCount() > 0) {
                    statement.setString(1, date);
                }
                return statement.executeUpdate();
            }
        });
    }
}
