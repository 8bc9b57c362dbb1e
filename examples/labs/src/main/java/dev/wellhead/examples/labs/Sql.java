package dev.wellhead.examples.labs;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements of a scene and of an exercise, and what databases say of them. None takes longer than 20 s. */
public final class Sql {
    // Below the patience of an attempt, so that the database tells what was waited for.
    private static final int TIMEOUT_SECONDS = 20;

    private Sql() {}

    /**
     * Something that a statement is used for.
     *
     * @param <T> what comes of it
     */
    @FunctionalInterface
    public interface Use<T> {
        /** Does it. */
        T run() throws SQLException;
    }

    /** Runs statements one after the other. */
    public static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(TIMEOUT_SECONDS);
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Returns the rows of a query, each with its columns joined by a bar. */
    public static List<String> rows(Connection connection, String query, Object... parameters) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setQueryTimeout(TIMEOUT_SECONDS);
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= columns; i++) {
                        values.add(String.valueOf(result.getString(i)));
                    }
                    rows.add(String.join("|", values));
                }
            }
        }
        return rows;
    }

    /** Returns the number in the first column of the first row. */
    public static long number(Connection connection, String query, Object... parameters) throws SQLException {
        return Long.parseLong(rows(connection, query, parameters).get(0));
    }

    /**
     * Uses a statement of the exercise, and returns what comes of it.
     *
     * @param name what the exercise calls it
     * @throws ExerciseException in place of what the database, or a check before it, has to say against the statement
     */
    public static <T> T ofExercise(String name, Use<T> use) throws ExerciseException {
        try {
            return use.run();
        } catch (SQLException e) {
            throw new ExerciseException(
                    "the statement '" + name + "' failed: " + e.getMessage() + " [SQLState " + e.getSQLState() + "]",
                    e);
        } catch (IllegalArgumentException e) {
            throw new ExerciseException("the statement '" + name + "' cannot be used: " + e.getMessage(), e);
        }
    }

    /** Runs a statement of the exercise whose rows nobody wants; like {@link #ofExercise}. */
    public static void runOfExercise(Connection connection, String name, String sql) throws ExerciseException {
        ofExercise(name, () -> {
            run(connection, sql);
            return true;
        });
    }

    /** Tries a statement; returns what the database says against it, null if nothing. */
    public static @Nullable SQLException refusal(Connection connection, String sql) {
        try {
            run(connection, sql);
            return null;
        } catch (SQLException e) {
            return e;
        }
    }

    /** Tries a statement; returns the SQLState with which it is refused, empty if it is not. */
    public static String refusedWith(Connection connection, String sql) {
        SQLException refusal = refusal(connection, sql);
        return refusal == null ? "" : String.valueOf(refusal.getSQLState());
    }

    /** Returns whether it is a refusal with this SQLState. */
    public static boolean isState(@Nullable Throwable failure, String state) {
        return failure instanceof SQLException refusal && state.equals(refusal.getSQLState());
    }

    /** Returns a failure in one line: the SQLState if there is one, and what is said. */
    public static String describe(Throwable failure) {
        String message =
                String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        if (failure instanceof SQLException refusal && refusal.getSQLState() != null) {
            return refusal.getSQLState() + ", " + message;
        }
        return failure.getClass().getSimpleName() + ", " + message;
    }
}
