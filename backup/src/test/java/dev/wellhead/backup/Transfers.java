package dev.wellhead.backup;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Somebody who moves money from one table to another and notes it in a third, each time in one transaction, as fast as it
 * goes. Whatever a snapshot shows, nothing is lost, and the notes add up to what was moved.
 */
final class Transfers {
    static final List<String> SCHEMA = List.of(
            "create table transfer_left (id integer primary key, amount integer not null)",
            "create table transfer_right (id integer primary key, amount integer not null)",
            "create table transfer_note (amount integer not null)",
            "insert into transfer_left values (1, 1000)",
            "insert into transfer_right values (1, 0)");

    /** Gives "1000 0" whenever it is asked. */
    static final String INVARIANT = "select ((select sum(amount) from transfer_left)"
            + " + (select sum(amount) from transfer_right)) || ' ' || ((select sum(amount) from transfer_right)"
            + " - (select coalesce(sum(amount), 0) from transfer_note))";

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Future<Long> moves;
    private volatile boolean stopped;

    private Transfers(TestDatabase database) {
        moves = thread.submit(() -> move(database));
    }

    /** Has some work done while there are transfers; fails if they could not go on to its end. */
    static <T> T during(TestDatabase database, Supplier<T> work) throws Exception {
        Transfers transfers = new Transfers(database);
        try {
            if (!transfers.begun.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("no transfer could be made");
            }
            return work.get();
        } finally {
            transfers.stop();
        }
    }

    private long move(TestDatabase database) throws SQLException {
        long done = 0;
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!stopped) {
                int amount = done % 3 == 2 ? -14 : 7;
                try {
                    statement.execute("update transfer_left set amount = amount - " + amount);
                    statement.execute("update transfer_right set amount = amount + " + amount);
                    statement.execute("insert into transfer_note values (" + amount + ")");
                    connection.commit();
                    done++;
                    begun.countDown();
                } catch (SQLException e) {
                    // SQLite may refuse for a moment.
                    connection.rollback();
                }
            }
        }
        return done;
    }

    private void stop() throws Exception {
        stopped = true;
        thread.shutdown();
        moves.get(30, TimeUnit.SECONDS);
    }
}
