package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Outcome;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.examples.labs.basics.OrderDesk.Line;
import dev.wellhead.pool.ConnectionPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** A transaction by hand that ends well on most of its ways out, on a pool of two connections. */
public final class TransactionScopeLab implements Lab {
    private static final int POOL_SIZE = 2;
    private static final String CHECK_VIOLATION = "23514";
    private static final String FOREIGN_KEY_VIOLATION = "23503";
    private static final String BOOKED = "select * from booked order by id, item";

    @Override
    public String name() {
        return "transaction-scope";
    }

    @Override
    public Level level() {
        return Level.BASICS;
    }

    @Override
    public void play(Scene scene) throws Exception {
        DataSource database = scene.postgres().dataSource();
        try (Connection observer = database.getConnection()) {
            createTables(observer);
            fact(scene, observer, database);
            OrderDesk desk = JavaExercise.load(scene, "Desk.java", OrderDesk.class);
            ConnectionPool pool = ConnectionPool.builder(database)
                    .name("orders")
                    .maxSize(POOL_SIZE)
                    .acquireTimeout(Duration.ofMillis(500))
                    .build();
            // Nobody waits for a connection that the exercise forgot.
            scene.closing(() -> pool.close(Duration.ZERO));
            Counter counter = new Counter(scene, observer, pool, desk);

            whole(counter);
            unreadable(counter);
            refused(counter);
            empty(counter);
        }
    }

    /** That an item exists is looked at by the commit. */
    private static void createTables(Connection observer) throws SQLException {
        Sql.run(
                observer,
                "create table items (name text primary key)",
                "insert into items values ('pump'), ('valve')",
                "create table orders (id bigint generated always as identity primary key, customer text not null)",
                """
                create table order_lines (
                    order_id bigint not null references orders,
                    item text not null references items deferrable initially deferred,
                    quantity integer not null check (quantity > 0)
                )""",
                """
                create view booked as select o.id, o.customer, l.item, l.quantity
                from orders o left join order_lines l on l.order_id = o.id""");
    }

    private static void fact(Scene scene, Connection observer, DataSource database) throws SQLException {
        scene.heading("what switching autocommit on does to an open transaction");
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            Sql.run(connection, "insert into items values ('hose')");
            scene.say("   setAutoCommit(false), insert: others see %d hose", hoses(observer));
            connection.setAutoCommit(true);
            scene.say("   setAutoCommit(true):          others see %d hose", hoses(observer));
        }
        scene.fact("JDBC commits an open transaction when autocommit is switched on", hoses(observer) == 1);
    }

    private static long hoses(Connection observer) throws SQLException {
        return Sql.number(observer, "select count(*) from items where name = 'hose'");
    }

    private static void whole(Counter counter) throws Exception {
        Booking booking =
                counter.book("an order of two lines", "ada", List.of(new Line("pump", "1"), new Line("valve", "4")));
        counter.scene.goal(
                "a good order is booked with its lines, then announced",
                !booking.outcome().failed()
                        && booking.rows().equals(List.of("ada|pump|1", "ada|valve|4"))
                        && booking.announced().equals(List.of("ada")),
                "who is told of an order may look for it at once: is it there for others by then?");
    }

    private static void unreadable(Counter counter) throws Exception {
        Booking booking = counter.book(
                "a quantity that is no number", "bob", List.of(new Line("pump", "1"), new Line("valve", "four")));
        counter.scene.goal(
                "an order with an unreadable quantity leaves nothing, and the caller gets IllegalArgumentException",
                booking.outcome().failedWith(IllegalArgumentException.class) && booking.leftNothing(),
                "which exceptions reach the rollback? And what does the scene above say of setAutoCommit(true)?");
    }

    private static void refused(Counter counter) throws Exception {
        Booking zero = counter.book(
                "a quantity that the table refuses", "cem", List.of(new Line("pump", "1"), new Line("valve", "0")));
        counter.scene.goal(
                "an order that the database refuses leaves nothing, and the caller gets the refusal (23514)",
                Sql.isState(zero.outcome().failure(), CHECK_VIOLATION) && zero.leftNothing(),
                "the first line had gone in: who takes it out again?");
        Booking unknown = counter.book(
                "an item that does not exist, which the commit refuses", "dee", List.of(new Line("rope", "1")));
        counter.scene.goal(
                "an order whose commit is refused (23503) leaves nothing and is announced to nobody",
                Sql.isState(unknown.outcome().failure(), FOREIGN_KEY_VIOLATION) && unknown.leftNothing(),
                "a commit can fail: what has happened by then that cannot be taken back?");
    }

    private static void empty(Counter counter) throws Exception {
        boolean nothing = true;
        for (int i = 0; i <= POOL_SIZE; i++) {
            Booking booking = counter.book("an order without a line, time " + (i + 1), "eve", List.of());
            nothing &= booking.outcome().failedWith(IllegalArgumentException.class) && booking.leftNothing();
        }
        counter.scene.say(
                "   the pool now: %d of %d are lent", counter.pool.stats().active(), POOL_SIZE);
        counter.scene.goal(
                "an order without lines is refused with IllegalArgumentException, however often it comes",
                nothing,
                "the first " + POOL_SIZE + " are refused; what does the next one wait for?");
        counter.scene.goal(
                "every connection has gone back to the pool",
                counter.pool.stats().active() == 0,
                "look for a way out between getConnection() and try");
    }

    /**
     * What came of one order.
     *
     * @param rows what is there for the customer afterwards
     * @param announced customers, each with how it was if the order could not be seen by others at that moment
     */
    private record Booking(Outcome<Boolean> outcome, List<String> rows, List<String> announced) {
        boolean leftNothing() {
            return rows.isEmpty() && announced.isEmpty();
        }
    }

    /** Where orders are handed in. */
    private static final class Counter {
        private final Scene scene;
        private final Connection observer;
        private final ConnectionPool pool;
        private final OrderDesk desk;

        Counter(Scene scene, Connection observer, ConnectionPool pool, OrderDesk desk) {
            this.scene = scene;
            this.observer = observer;
            this.pool = pool;
            this.desk = desk;
        }

        Booking book(String what, String customer, List<Line> lines)
                throws SQLException, ExerciseException, InterruptedException {
            scene.heading(what);
            List<String> announced = Collections.synchronizedList(new ArrayList<>());
            Consumer<String> announce = who -> announced.add(isVisible(who) ? who : who + ", not there yet");
            Outcome<Boolean> outcome = Attempt.run("book()", () -> desk.book(pool, customer, lines, announce));
            Throwable failure = outcome.failure();
            scene.say("   book() %s", failure == null ? "returned" : "threw " + Sql.describe(failure));
            scene.say("   announced: %s", announced.isEmpty() ? "nobody" : String.join("; ", announced));
            scene.show(observer, BOOKED);
            List<String> rows = Sql.rows(
                    observer, "select customer, item, quantity from booked where customer = ? order by item", customer);
            return new Booking(outcome, rows, List.copyOf(announced));
        }

        private boolean isVisible(String customer) {
            try {
                return Sql.number(observer, "select count(*) from orders where customer = ?", customer) > 0;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
