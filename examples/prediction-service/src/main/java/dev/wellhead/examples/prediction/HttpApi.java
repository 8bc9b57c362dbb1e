package dev.wellhead.examples.prediction;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Redaction;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes of the JDK's own HTTP server, and what becomes of their exceptions. */
final class HttpApi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
    private static final String HOSTS = "give 127.0.0.1, or 0.0.0.0 for every interface";
    private static final int THREADS = 32;
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long DRAIN_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    static {
        // Head and body of an answer leave in two packets; without this the second waits for a delayed ACK, 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final MetricSink metrics;
    private final AtomicInteger underWay = new AtomicInteger();
    // "GET /users/*" to handler; filled before start, read-only after.
    private final Map<String, Handler> routes = new LinkedHashMap<>();

    /** What answers a route. */
    @FunctionalInterface
    interface Handler {
        Response handle(Request request) throws SQLException, IOException;
    }

    HttpApi(String host, int port, MetricSink metrics) {
        this.metrics = metrics;
        try {
            server = HttpServer.create(address(host, port), 128);
        } catch (BindException e) {
            throw new SettingsException("PORT " + port + " is taken by another program; set PORT to a free one", e);
        } catch (IOException e) {
            throw new SettingsException("PORT " + port + " cannot be listened on (" + Messages.firstLine(e) + ")", e);
        }
        AtomicInteger made = new AtomicInteger();
        threads = Executors.newFixedThreadPool(
                THREADS, task -> new Thread(task, "prediction-http-" + made.incrementAndGet()));
        server.setExecutor(threads);
        server.createContext("/", this::serve);
    }

    private static InetSocketAddress address(String host, int port) throws IOException {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new SettingsException("HOST " + Redaction.printable(host) + " is not known; " + HOSTS, e);
        }
        // Listening there would fail with the exception of a port that is taken.
        if (!address.isAnyLocalAddress() && NetworkInterface.getByInetAddress(address) == null) {
            throw new SettingsException("HOST " + Redaction.printable(host) + " is not of this machine; " + HOSTS);
        }
        return new InetSocketAddress(address, port);
    }

    /** Adds a route; a path may end in {@code /*}, which stands for one id. */
    HttpApi route(String method, String path, Handler handler) {
        routes.put(method + " " + path, handler);
        return this;
    }

    void start() {
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Lets requests under way finish for a moment, then stops. */
    @Override
    public void close() {
        // The server's own patience would be used up in full even if nothing is under way.
        long deadline = System.nanoTime() + DRAIN_NANOS;
        while (underWay.get() > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(DRAIN_POLL_NANOS);
        }
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        underWay.incrementAndGet();
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String route = pattern(path);
            String method = exchange.getRequestMethod();
            Handler handler = routes.get(method + " " + route);
            long start = System.nanoTime();
            Response response = handler == null
                    ? noRoute(route)
                    : answer(handler, new Request(exchange, route.endsWith("*") ? lastSegment(path) : ""));
            // The path of an unknown route is the client's choice: it must not make series without end.
            metrics.timer(
                            "service.http",
                            "route",
                            handler == null ? "none" : method + " " + route,
                            "status",
                            String.valueOf(response.status()))
                    .record(System.nanoTime() - start);
            send(exchange, response);
        } finally {
            underWay.decrementAndGet();
        }
    }

    private String pattern(String path) {
        boolean exact = routes.keySet().stream().anyMatch(route -> route.endsWith(" " + path));
        int slash = path.lastIndexOf('/');
        return exact || slash <= 0 ? path : path.substring(0, slash) + "/*";
    }

    private static String lastSegment(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private Response noRoute(String route) {
        Set<String> allowed = new TreeSet<>();
        for (String known : routes.keySet()) {
            if (known.endsWith(" " + route)) {
                allowed.add(known.substring(0, known.indexOf(' ')));
            }
        }
        return allowed.isEmpty()
                ? Response.error(404, "no such resource")
                : Response.error(405, "not allowed here").with(Map.of("Allow", String.join(", ", allowed)));
    }

    private static Response answer(Handler handler, Request request) throws IOException {
        try {
            return handler.handle(request);
        } catch (BadRequestException e) {
            return Response.error(400, Messages.firstLine(e));
        } catch (SQLTransientException e) {
            LOG.warn("answered 503: {}", Messages.firstLine(e));
            return Response.error(503, "the database is not available, try again soon")
                    .with(Map.of("Retry-After", "1"));
        } catch (SQLException | RuntimeException e) {
            LOG.error("answered 500", e);
            return Response.error(500, "internal error");
        }
    }

    private static void send(HttpExchange exchange, Response response) throws IOException {
        response.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        if (body.length == 0) {
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", response.type());
        exchange.sendResponseHeaders(response.status(), body.length);
        exchange.getResponseBody().write(body);
    }
}
