package dev.wellhead.examples.gameday;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import javax.sql.DataSource;

/** Mistakes that programs make, on demand: a connection that is not given back, a query that nobody thought through. */
final class Faults {
    private static final int THREADS = 8;

    /** Compares each flower with each pair of others, millions of them, for one number. */
    private static final String SLOW_QUERY = """
            select count(*) from flowers a cross join flowers b cross join flowers c
            where sqrt(power(a.petal_length - b.petal_length, 2) + power(b.petal_width - c.petal_width, 2))
                < sqrt(power(a.sepal_length - c.sepal_length, 2) + power(a.sepal_width - b.sepal_width, 2))
            """;

    private final DataSource connections;
    // Out of reach of the garbage collector, as in a field or a cache of a real program.
    private final Queue<Connection> forgotten = new ConcurrentLinkedQueue<>();

    Faults(DataSource connections) {
        this.connections = connections;
    }

    /** Returns the port. */
    int start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setExecutor(Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "game-day-fault");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/leak", exchange -> answer(exchange, this::forget));
        server.createContext("/slow-query", exchange -> answer(exchange, this::ponder));
        server.start();
        return server.getAddress().getPort();
    }

    @FunctionalInterface
    private interface Mistake {
        void make() throws SQLException;
    }

    private static void answer(HttpExchange exchange, Mistake mistake) throws IOException {
        try (exchange) {
            int status = 204;
            try {
                mistake.make();
            } catch (SQLException e) {
                status = 503;
            }
            exchange.sendResponseHeaders(status, -1);
        }
    }

    private void forget() throws SQLException {
        Connection connection = connections.getConnection();
        forgotten.add(connection);
    }

    private void ponder() throws SQLException {
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SLOW_QUERY)) {
            rows.next();
        }
    }
}
