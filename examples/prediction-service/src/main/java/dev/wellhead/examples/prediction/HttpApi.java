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
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes of the JDK's own HTTP server, what becomes of their exceptions, and the end in order. Thread-safe. */
final class HttpApi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
    private static final String HOSTS = "give 127.0.0.1, or 0.0.0.0 for every interface";
    private static final int THREADS = 32;
    // More than these have to wait so long that a quick no is worth more to them.
    private static final int MOST_UNDER_WAY = 256;
    private static final long DRAIN_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    static {
        // Head and body of an answer leave in two packets; without this the second waits for a delayed ACK, 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        // Seconds for a client to send its request, so that slow ones cannot hold all threads.
        System.setProperty("sun.net.httpserver.maxReqTime", "30");
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final MetricSink metrics;
    private final RequestLog log = new RequestLog();
    private final Ids ids = new Ids(Clock.systemUTC());
    private final Duration drain;
    // Those that wait for a thread, too.
    private final AtomicInteger underWay = new AtomicInteger();
    // "GET /users/*" to handler.
    private final Map<String, Handler> routes = new ConcurrentHashMap<>();
    private volatile boolean complete = true;
    private volatile boolean closing;

    /** What answers a route. */
    @FunctionalInterface
    interface Handler {
        Response handle(Request request) throws SQLException, IOException;
    }

    /**
     * Takes the port; nothing is answered before {@link #start}.
     *
     * @param drain how long {@link #close} waits for requests under way
     */
    HttpApi(String host, int port, MetricSink metrics, Duration drain) {
        this.metrics = metrics;
        this.drain = drain;
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
        server.setExecutor(this::execute);
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

    /** Starts with the routes of now; until {@link #complete} whatever else is asked for is answered with 503. */
    void startIncomplete() {
        complete = false;
        server.start();
    }

    void complete() {
        complete = true;
    }

    int port() {
        return server.getAddress().getPort();
    }

    int underWay() {
        return underWay.get();
    }

    /**
     * Takes no new connections from now on, lets requests under way finish for a while, then cuts the rest. A connection
     * that is kept open is closed behind its next answer.
     */
    @Override
    public void close() {
        closing = true;
        // Closes the listening socket at once. Its own patience would be used up in full even if nothing is under
        // way, so that is left to a thread of its own.
        Thread stopper = new Thread(() -> server.stop((int) drain.toSeconds() + 1), "prediction-http-stop");
        stopper.setDaemon(true);
        stopper.start();
        long deadline = System.nanoTime() + drain.toNanos();
        while (underWay.get() > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(DRAIN_POLL_NANOS);
        }
        if (underWay.get() > 0) {
            LOG.warn("{} requests were cut off: they took longer than {} to finish", underWay.get(), drain);
        }
        server.stop(0);
        threads.shutdownNow();
    }

    private void execute(Runnable exchange) {
        underWay.incrementAndGet();
        threads.execute(() -> {
            try {
                exchange.run();
            } finally {
                underWay.decrementAndGet();
            }
        });
    }

    private void serve(HttpExchange exchange) {
        long start = System.nanoTime();
        String id = RequestId.of(exchange.getRequestHeaders().getFirst(RequestId.HEADER), ids);
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        try (exchange;
                RequestId.Scope ignored = RequestId.enter(id)) {
            String route = pattern(path);
            Handler handler = routes.get(method + " " + route);
            Response response = respond(handler, route, exchange).to(id);
            long nanos = System.nanoTime() - start;
            // The path of an unknown route is the client's choice: it must not make series without end.
            String shown = handler == null ? "none" : method + " " + route;
            metrics.timer("service.http", "route", shown, "status", String.valueOf(response.status()))
                    .record(nanos);
            log.answered(method, path, response, nanos);
            send(exchange, response);
        } catch (IOException e) {
            LOG.info("request {} broke off, its client has gone: {}", id, Messages.firstLine(e));
        }
    }

    private Response respond(@Nullable Handler handler, String route, HttpExchange exchange) throws IOException {
        if (underWay.get() > MOST_UNDER_WAY) {
            return again(Response.error(503, "too many requests are under way, try again soon"));
        }
        if (handler == null) {
            return noRoute(route);
        }
        String path = exchange.getRequestURI().getPath();
        return answer(handler, new Request(exchange, route.endsWith("*") ? lastSegment(path) : ""));
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
        if (!complete) {
            return again(Response.error(503, "starting, try again soon"));
        }
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
        } catch (SQLException e) {
            if (isPassing(e)) {
                LOG.warn("answered 503: {}", Messages.firstLine(e));
                return again(Response.error(503, "the database is not available, try again soon"));
            }
            return failed(e);
        } catch (RuntimeException e) {
            return failed(e);
        }
    }

    /** Returns whether the same may go well a moment later: connection lost, server out of something or going down. */
    private static boolean isPassing(SQLException error) {
        String state = error.getSQLState();
        return error instanceof SQLTransientException
                || (state != null
                        && Set.of("08", "40", "53", "57").contains(state.substring(0, Math.min(2, state.length()))));
    }

    private static Response failed(Exception e) {
        LOG.error("answered 500", e);
        return Response.error(500, "internal error");
    }

    private static Response again(Response response) {
        return response.with(Map.of("Retry-After", "1"));
    }

    private void send(HttpExchange exchange, Response response) throws IOException {
        response.headers().forEach(exchange.getResponseHeaders()::set);
        if (closing) {
            exchange.getResponseHeaders().set("Connection", "close");
        }
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
