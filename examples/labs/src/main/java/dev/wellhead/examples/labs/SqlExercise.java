package dev.wellhead.examples.labs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file of named statements: each begins with a line {@code -- name: ...}, and goes on to the next such line. Immutable.
 */
public final class SqlExercise {
    private static final String NAME = "-- name:";

    private final Path file;
    private final Map<String, String> statements;

    private SqlExercise(Path file, Map<String, String> statements) {
        this.file = file;
        this.statements = statements;
    }

    /** Reads a file. */
    public static SqlExercise read(Path file) throws IOException {
        Map<String, StringBuilder> statements = new LinkedHashMap<>();
        StringBuilder current = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(NAME)) {
                current = new StringBuilder();
                statements.put(line.substring(NAME.length()).strip(), current);
            } else if (!line.stripLeading().startsWith("--")) {
                current.append(line).append('\n');
            }
        }
        Map<String, String> stripped = new LinkedHashMap<>();
        statements.forEach((name, sql) -> stripped.put(name, withoutSemicolon(sql.toString())));
        return new SqlExercise(file, stripped);
    }

    /**
     * Returns the statement of that name, without its semicolon.
     *
     * @throws ExerciseException if there is none, or it is empty
     */
    public String statement(String name) throws ExerciseException {
        String sql = statements.get(name);
        if (sql == null) {
            throw new ExerciseException(
                    file + " has no statement '" + name + "'; begin it with the line \"" + NAME + " " + name + "\"");
        }
        if (sql.isEmpty()) {
            throw new ExerciseException(file + ": the statement '" + name + "' is empty");
        }
        return sql;
    }

    private static String withoutSemicolon(String sql) {
        String stripped = sql.strip();
        return stripped.endsWith(";")
                ? stripped.substring(0, stripped.length() - 1).stripTrailing()
                : stripped;
    }
}
