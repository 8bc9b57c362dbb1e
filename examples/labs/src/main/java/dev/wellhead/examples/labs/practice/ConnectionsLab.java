package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** A thousand requests, a connection each, and a server that gives out twenty. */
public final class ConnectionsLab implements Lab {
    private static final int MOST_CONNECTIONS = 20;
    private static final int ALLOWED = 10;
    private static final int ATTEMPTS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String SESSIONS = "select count(*) from pg_stat_activity where usename = 'desk'";

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public Level level() {
        return Level.PRACTICE;
    }

    @Override
    public void play(Scene scene) throws Exception {
        OrderDesk desk = JavaExercise.load(scene, "Desk.java", OrderDesk.class);
        PostgresServer server =
                scene.ownPostgres(PostgresServer.builder().setting("max_connections", "" + MOST_CONNECTIONS));
        String password = "desk-" + UUID.randomUUID();
        Connection monitor = scene.closing(server.connect("postgres"));
        Sql.run(
                monitor,
                "create table stock (item text primary key)",
                "create table orders (id bigint generated always as identity primary key,"
                        + " item text not null references stock)",
                "insert into stock values ('pump'), ('pipe')",
                "create role desk login password '" + password + "'",
                "grant select, insert on stock, orders to desk");

        refusal(scene, server, password, monitor);
        rush(scene, desk, server, password, monitor);
    }

    private static void refusal(Scene scene, PostgresServer server, String password, Connection monitor)
            throws Exception {
        scene.heading(
                "a connection each: " + ATTEMPTS + " of them, on a server with max_connections = " + MOST_CONNECTIONS);
        Deque<Connection> open = new ArrayDeque<>();
        int refused = 0;
        String state = "";
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                open.push(DriverManager.getConnection(server.url("postgres"), "desk", password));
            } catch (SQLException e) {
                state = String.valueOf(e.getSQLState());
                if (refused++ == 0) {
                    scene.say("   attempt %d: SQLState %s, %s", i + 1, state, String.valueOf(e.getMessage()));
                }
            }
        }
        scene.say("   %d opened, %d refused; three are kept for superusers, who watch", open.size(), refused);
        boolean fewer = open.size() < MOST_CONNECTIONS && refused == ATTEMPTS - open.size();
        for (Connection connection : open) {
            connection.close();
        }
        Await.until(PATIENCE, () -> Sql.number(monitor, SESSIONS) == 0);
        scene.fact(
                "the server refuses connections beyond its limit with SQLState 53300", fewer && state.equals("53300"));
    }

    private static void rush(Scene scene, OrderDesk desk, PostgresServer server, String password, Connection monitor)
            throws Exception {
        scene.heading(OrderRush.REQUESTS + " requests, " + OrderRush.CLIENTS + " at a time; allowed: " + ALLOWED
                + " connections");
        Attempt.perform("open", () -> desk.open(server.url("postgres"), "desk", password, ALLOWED));
        OrderRush rush = new OrderRush(desk, monitor);
        long begun = System.nanoTime();
        try (Connection locker = server.connect("postgres")) {
            rush.run(locker);
        }
        scene.say(
                "   %d requests: %d served, %d not in stock, %d failed",
                rush.answered(), rush.ids().size(), rush.unknown(), rush.failed());
        rush.failures().forEach((why, times) -> scene.say("   %4d x %s", times, why));
        scene.say(
                "   sessions at most: %d; orders in work at the same moment: %d; took %d ms",
                rush.mostSessions(), rush.mostTogether(), (System.nanoTime() - begun) / 1_000_000);
        judge(scene, rush, monitor);
        ending(scene, desk, monitor);
    }

    private static void judge(Scene scene, OrderRush rush, Connection monitor) throws SQLException {
        scene.goal(
                "no request fails, but the " + OrderRush.UNKNOWN + " for what is not in stock (23503)",
                rush.ended()
                        && rush.failed() == 0
                        && rush.unknown() == OrderRush.UNKNOWN
                        && rush.ids().size() == OrderRush.REQUESTS - OrderRush.UNKNOWN,
                "who finds no connection free has to wait for one; and a request that fails has to give its own back");
        scene.goal(
                "there are never more than " + ALLOWED + " connections",
                rush.mostSessions() <= ALLOWED,
                "connections have to be shared: open() is told how many there may be");
        scene.goal(
                "several orders are in work at the same moment",
                rush.mostTogether() >= 2,
                "one connection for all, or a lock around all, makes every request wait for every other");
        Set<Long> stored = Sql.rows(monitor, "select id from orders").stream()
                .map(Long::valueOf)
                .collect(Collectors.toSet());
        scene.goal(
                "each order that was taken is in the table, under the id that was returned",
                stored.equals(rush.ids()),
                "the id is the one that the database made for this order, and an order counts once it is committed");
    }

    private static void ending(Scene scene, OrderDesk desk, Connection monitor) throws Exception {
        scene.heading("afterwards");
        boolean idle =
                Await.until(PATIENCE, () -> Sql.number(monitor, SESSIONS + " and state is distinct from 'idle'") == 0);
        scene.say("   sessions: %d, all of them idle: %s", Sql.number(monitor, SESSIONS), idle ? "yes" : "no");
        String failure = "";
        try {
            Attempt.perform("close", desk::close);
        } catch (ExerciseException e) {
            failure = "\n" + e.getMessage();
        }
        boolean closed = Await.until(PATIENCE, () -> Sql.number(monitor, SESSIONS) == 0);
        scene.say("   sessions after close(): %d", Sql.number(monitor, SESSIONS));
        scene.goal(
                "everything is given back: no transaction is left open, and close() closes all connections",
                idle && closed && failure.isEmpty(),
                "what is opened in open() is closed in close()" + failure);
    }
}
