package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The table of prices, whose loads are counted, and can be held up where it matters. Thread-safe. */
final class WatchedPriceTable implements PriceTable {
    private static final long PATIENCE_SECONDS = 20;

    private final DataSource dataSource;
    private final Map<String, Integer> loads = new ConcurrentHashMap<>();
    private volatile @Nullable Gate gate;
    private volatile @Nullable Runnable beforeCommit;

    WatchedPriceTable(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Holds up a load that has read already. */
    static final class Gate {
        private final String item;
        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        private Gate(String item) {
            this.item = item;
        }

        /** Returns true once somebody has read and stands at the gate, false if nobody does in time. */
        boolean awaitArrival(long millis) throws InterruptedException {
            return arrived.await(millis, TimeUnit.MILLISECONDS);
        }

        void open() {
            opened.countDown();
        }

        private void pass(String loaded) throws SQLException {
            if (item.equals(loaded)) {
                arrived.countDown();
                try {
                    if (!opened.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                        throw new SQLException("the load was held up for too long");
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new SQLException("interrupted at the gate", e);
                }
            }
        }
    }

    /** From now on loads of this item wait at the gate, between reading and returning. */
    Gate hold(String item) {
        Gate closed = new Gate(item);
        gate = closed;
        return closed;
    }

    /** Ends all holding up. */
    void release() {
        Gate closed = gate;
        gate = null;
        if (closed != null) {
            closed.open();
        }
    }

    /** Does this once, behind the next {@link #store} and before its caller can commit. */
    void beforeNextCommit(Runnable action) {
        beforeCommit = action;
    }

    /** Returns how often this item was loaded. */
    int loads(String item) {
        return loads.getOrDefault(item, 0);
    }

    @Override
    public OptionalInt load(String item) throws SQLException {
        loads.merge(item, 1, Integer::sum);
        OptionalInt price = read(item);
        Gate closed = gate;
        if (closed != null) {
            closed.pass(item);
        }
        return price;
    }

    /** Reads the price without being counted. */
    OptionalInt read(String item) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            List<String> rows = Sql.rows(connection, "select cents from prices where item = ?", item);
            return rows.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(rows.get(0)));
        }
    }

    @Override
    public void store(Connection transaction, String item, int cents) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(
                "insert into prices values (?, ?) on conflict (item) do update set cents = excluded.cents")) {
            statement.setString(1, item);
            statement.setInt(2, cents);
            statement.executeUpdate();
        }
        Runnable action = beforeCommit;
        beforeCommit = null;
        if (action != null) {
            action.run();
        }
    }

    @Override
    public DataSource dataSource() {
        return dataSource;
    }
}
