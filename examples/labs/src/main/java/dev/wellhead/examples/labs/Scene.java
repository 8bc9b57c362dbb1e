package dev.wellhead.examples.labs;

import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a lab is played: servers, the learner's files, a place to print, and what was found. Everything that it hands out
 * ends with it. For one thread.
 */
public final class Scene implements AutoCloseable {
    private final Path exercise;
    private final PrintStream out;
    private final List<Finding> findings = new ArrayList<>();
    private final Deque<AutoCloseable> closeables = new ArrayDeque<>();
    private @Nullable TestDatabase postgres;
    private @Nullable TestDatabase sqlite;
    private @Nullable RedisServer redis;

    /** @param exercise the folder with the learner's files */
    Scene(Path exercise, PrintStream out) {
        this.exercise = exercise;
        this.out = out;
    }

    /** Returns an empty PostgreSQL database, the same each time. Its server is not to be stopped or changed. */
    public TestDatabase postgres() {
        if (postgres == null) {
            postgres = closing(TestDatabase.postgres());
        }
        return postgres;
    }

    /** Returns an empty SQLite database, the same each time; {@link TestDatabase#name()} is its file. */
    public TestDatabase sqlite() {
        if (sqlite == null) {
            sqlite = closing(TestDatabase.sqlite());
        }
        return sqlite;
    }

    /** Returns an empty Redis, the same each time. It is not to be stopped or changed. */
    public RedisServer redis() {
        if (redis == null) {
            redis = RedisServer.shared();
            connect(redis).flushall();
        }
        return redis;
    }

    /** Returns the commands of a new connection to a Redis. They block. */
    public RedisCommands<String, String> connect(RedisServer server) {
        RedisClient client = RedisClient.create(server.uri());
        closing(client::shutdown);
        return closing(client.connect()).sync();
    }

    /** Returns a new PostgreSQL of the scene's own, which may be stopped and killed. */
    public PostgresServer ownPostgres(PostgresServer.Builder builder) {
        return closing(builder.start());
    }

    /** Returns a new Redis of the scene's own, which may be stopped and killed. */
    public RedisServer ownRedis(RedisServer.Builder builder) {
        return closing(builder.start());
    }

    /** Closes something when the scene ends, before what came earlier. Returns it. */
    public <T extends AutoCloseable> T closing(T closeable) {
        closeables.push(closeable);
        return closeable;
    }

    /**
     * Returns a file of the exercise, in the learner's copy.
     *
     * @throws ExerciseException if it is not there
     */
    public Path exercise(String file) throws ExerciseException {
        Path path = exercise.resolve(file);
        if (!Files.isRegularFile(path)) {
            throw new ExerciseException(path + " is missing; --reset brings it back as it was handed out");
        }
        return path;
    }

    /** Prints a line, formatted as by {@link String#format}. */
    public void say(String format, Object... arguments) {
        out.println(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments));
    }

    /** Prints a headline. */
    public void heading(String text) {
        out.println();
        out.println("-- " + text);
    }

    /** Prints a statement and what it gives: its rows as a table, or how many it changed. */
    public void show(Connection connection, String sql) throws SQLException {
        for (String line : sql.strip().split("\n", -1)) {
            out.println("   > " + line);
        }
        for (String line : ResultTable.of(connection, sql)) {
            out.println("     " + line);
        }
    }

    /**
     * Notes a rule that holds whatever the exercise says: what the scene is there to show.
     *
     * @return {@code holds}
     */
    public boolean fact(String what, boolean holds) {
        findings.add(new Finding(what, holds, false, "this does not depend on the exercise: please report it"));
        return holds;
    }

    /**
     * Notes a rule that holds once the exercise is mended.
     *
     * @param hint where to look if it does not
     * @return {@code holds}
     */
    public boolean goal(String what, boolean holds, String hint) {
        findings.add(new Finding(what, holds, true, hint));
        return holds;
    }

    /** Returns what was noted, in order. */
    List<Finding> findings() {
        return List.copyOf(findings);
    }

    @Override
    public void close() {
        while (!closeables.isEmpty()) {
            AutoCloseable closeable = closeables.pop();
            try {
                closeable.close();
            } catch (Exception e) {
                // What is left has to be closed all the same.
                out.println("   (cannot close " + closeable + ": " + e.getMessage() + ")");
            }
        }
    }
}
