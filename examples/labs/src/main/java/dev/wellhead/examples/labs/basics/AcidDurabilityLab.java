package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Commits that were answered, and are gone after a kill -9 in the middle of more of them. */
public final class AcidDurabilityLab implements Lab {
    private static final String SETTINGS = "postgresql.conf";
    private static final String SCHEMA = "schema.sql";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int WRITERS = 3;
    private static final int ENOUGH = 60;

    @Override
    public String name() {
        return "acid-durability";
    }

    @Override
    public Level level() {
        return Level.BASICS;
    }

    @Override
    public void play(Scene scene) throws Exception {
        ServerSettings settings = ServerSettings.read(scene.exercise(SETTINGS));
        PostgresServer server = scene.ownPostgres(
                PostgresServer.builder().setting("fsync", "on").setting("full_page_writes", "on"));
        settings.apply(server);
        prepare(scene, server);

        Set<Long> payments = ConcurrentHashMap.newKeySet();
        Set<Long> receipts = ConcurrentHashMap.newKeySet();
        holdUpWalWriter(scene, server);
        boolean killed = killAmidCommits(scene, server, payments, receipts);
        scene.fact("the server was killed after " + ENOUGH + " answers, with more commits under way", killed);

        scene.heading("started again");
        try {
            server.start();
        } catch (IllegalStateException e) {
            throw new ExerciseException(SETTINGS + ": PostgreSQL does not start with it\n" + e.getMessage(), e);
        }
        try (Connection connection = server.connect("postgres")) {
            compare(
                    scene,
                    connection,
                    "payments",
                    payments,
                    "a commit is safe when its log is written: which setting answers before that?");
            compare(
                    scene,
                    connection,
                    "receipts",
                    receipts,
                    "what does the table's kind mean for the log, and for what is in it after a crash?");
        }
    }

    private static void prepare(Scene scene, PostgresServer server) throws Exception {
        String schema = Files.readString(scene.exercise(SCHEMA));
        try (Connection connection = server.connect("postgres")) {
            scene.heading("a server of its own");
            scene.show(connection, """
                    select name, setting, unit, source from pg_settings
                    where name in ('fsync', 'synchronous_commit', 'wal_writer_delay') order by name""");
            SQLException refusal = Sql.refusal(connection, schema);
            if (refusal != null) {
                throw new ExerciseException(SCHEMA + ": " + Sql.describe(refusal), refusal);
            }
            // Also what is written before the log is there to be lost begins on disk.
            Sql.run(connection, "checkpoint");
        }
    }

    /**
     * Stops the process that writes the log for those who do not wait for it, as a busy machine may for a while. Else
     * it might win the race against the kill, and a setting that loses commits would pass.
     */
    private static void holdUpWalWriter(Scene scene, PostgresServer server)
            throws SQLException, IOException, InterruptedException {
        try (Connection connection = server.connect("postgres")) {
            long writer = Sql.number(connection, "select pid from pg_stat_activity where backend_type = 'walwriter'");
            Process stop = new ProcessBuilder("sh", "-c", "kill -STOP " + writer).start();
            scene.say("   the WAL writer gets no time from here on: kill -STOP");
            scene.fact("the WAL writer can be held up", stop.waitFor() == 0);
        }
    }

    /**
     * Writes until the server is gone.
     *
     * @param payments the numbers of those whose commit was answered
     * @param receipts the same
     * @return whether there were enough when it was killed
     */
    private static boolean killAmidCommits(Scene scene, PostgresServer server, Set<Long> payments, Set<Long> receipts)
            throws Exception {
        scene.heading(WRITERS + " clients pay, each payment and each receipt a commit; then kill -9");
        AtomicLong numbers = new AtomicLong();
        List<Attempt<Boolean>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(Attempt.start("client " + (i + 1), () -> {
                write(server, numbers, payments, receipts);
                return true;
            }));
        }
        Await.until(
                PATIENCE, () -> receipts.size() >= ENOUGH || writers.stream().allMatch(Attempt::ended));
        boolean enough = receipts.size() >= ENOUGH;
        boolean underWay = writers.stream().noneMatch(Attempt::ended);
        server.kill();
        for (Attempt<Boolean> writer : writers) {
            Throwable failure = writer.outcome().failure();
            scene.say("   a client got: %s", failure == null ? "no error" : Sql.describe(failure));
        }
        if (!underWay) {
            throw new ExerciseException(
                    SCHEMA + ": payments(id, amount) and receipts(id, payment) cannot be written to,"
                            + " see the errors above");
        }
        return enough;
    }

    private static void write(PostgresServer server, AtomicLong numbers, Set<Long> payments, Set<Long> receipts)
            throws SQLException {
        try (Connection connection = server.connect("postgres");
                PreparedStatement payment =
                        connection.prepareStatement("insert into payments (id, amount) values (?, 100)");
                PreparedStatement receipt =
                        connection.prepareStatement("insert into receipts (id, payment) values (?, ?)")) {
            while (true) {
                long number = numbers.incrementAndGet();
                payment.setLong(1, number);
                payment.executeUpdate();
                payments.add(number);
                receipt.setLong(1, number);
                receipt.setLong(2, number);
                receipt.executeUpdate();
                receipts.add(number);
            }
        }
    }

    private static void compare(Scene scene, Connection connection, String table, Set<Long> answered, String hint)
            throws SQLException, ExerciseException {
        Set<Long> there = new HashSet<>();
        try {
            for (String id : Sql.rows(connection, "select id from " + table)) {
                there.add(Long.valueOf(id));
            }
        } catch (SQLException e) {
            throw new ExerciseException(SCHEMA + ": " + Sql.describe(e), e);
        }
        Set<Long> lost = new TreeSet<>(answered);
        lost.removeAll(there);
        scene.say(
                "   %s: %d answered, %d lost%s",
                table,
                answered.size(),
                lost.size(),
                lost.isEmpty() ? "" : " (" + lost.iterator().next() + " is the first)");
        scene.goal(
                "each of the " + table + " whose commit was answered is there after a kill -9", lost.isEmpty(), hint);
    }
}
