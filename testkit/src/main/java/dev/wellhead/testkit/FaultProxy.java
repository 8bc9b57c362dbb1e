package dev.wellhead.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on a free loopback port that passes everything on until it is told to misbehave. Faults hold for open and
 * new connections alike, until {@link #heal()} or another fault. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
    /** Which way bytes travel. */
    public enum Direction {
        /** From the client to the server: requests. */
        TO_SERVER,
        /** From the server to the client: replies. */
        TO_CLIENT
    }

    private enum Mode {
        PASS,
        FREEZE,
        DROP
    }

    private static final int CHUNK = 8192;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final InetSocketAddress target;
    private final int port;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    private final ReentrantLock faultLock = new ReentrantLock();
    private final Condition changed = faultLock.newCondition();
    // Guarded by faultLock.
    private Mode mode = Mode.PASS;
    private long delayNanos;
    private long budgetToServer = Long.MAX_VALUE;
    private long budgetToClient = Long.MAX_VALUE;
    private boolean closed;
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;

    private FaultProxy(InetSocketAddress target, ServerSocket listener) {
        this.target = target;
        this.listener = listener;
        this.port = listener.getLocalPort();
    }

    /** Starts a proxy in front of a server on this machine. */
    public static FaultProxy to(int serverPort) {
        return to("127.0.0.1", serverPort);
    }

    /** Starts a proxy in front of a server. */
    public static FaultProxy to(String host, int serverPort) {
        FaultProxy proxy = new FaultProxy(new InetSocketAddress(host, serverPort), listen(0));
        proxy.accept();
        return proxy;
    }

    /** Returns the proxy's port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Returns how many connections were accepted so far. */
    public int accepted() {
        return accepted.get();
    }

    /** Returns how many connections are open now. */
    public int open() {
        return links.size();
    }

    /** Holds back each chunk, both ways, for this long. */
    public FaultProxy delay(Duration by) {
        return change(() -> {
            mode = Mode.PASS;
            delayNanos = by.toNanos();
        });
    }

    /** Passes nothing on; what arrives meanwhile is delivered after {@link #heal()}. */
    public FaultProxy freeze() {
        return change(() -> mode = Mode.FREEZE);
    }

    /**
     * Half-open: swallows everything and tells nobody, as a firewall that forgot the connection does. What was swallowed
     * is lost for good.
     */
    public FaultProxy halfOpen() {
        return change(() -> mode = Mode.DROP);
    }

    /**
     * Half-opens the connections that are open now, for good: what comes on them is swallowed, and nobody is told. New ones
     * are not touched.
     */
    public FaultProxy forget() {
        links.forEach(link -> link.forgotten = true);
        return this;
    }

    /** Passes exactly this many more bytes in one direction, counted over all connections, then cuts them all. */
    public FaultProxy cutAfter(long bytes, Direction direction) {
        return change(() -> {
            mode = Mode.PASS;
            if (direction == Direction.TO_SERVER) {
                budgetToServer = bytes;
            } else {
                budgetToClient = bytes;
            }
        });
    }

    /** Resets all open connections (RST). New ones are accepted. */
    public FaultProxy reset() {
        links.forEach(Link::reset);
        return this;
    }

    /** Refuses new connections and resets the open ones, until {@link #heal()}. */
    public FaultProxy refuse() {
        ServerSocket closing;
        Thread ending;
        faultLock.lock();
        try {
            closing = listener;
            ending = acceptor;
            listener = null;
            acceptor = null;
        } finally {
            faultLock.unlock();
        }
        quietly(closing);
        if (ending != null) {
            awaitEnd(ending);
        }
        return reset();
    }

    /** Until the thread has left accept(2) the kernel goes on to accept, closed as the socket is in Java. */
    private static void awaitEnd(Thread acceptor) {
        try {
            acceptor.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends every fault: passes on what was frozen, accepts again, delays and cuts nothing. */
    public FaultProxy heal() {
        boolean listen;
        faultLock.lock();
        try {
            mode = Mode.PASS;
            delayNanos = 0;
            budgetToServer = Long.MAX_VALUE;
            budgetToClient = Long.MAX_VALUE;
            listen = listener == null && !closed;
            if (listen) {
                listener = listen(port);
            }
            changed.signalAll();
        } finally {
            faultLock.unlock();
        }
        if (listen) {
            accept();
        }
        return this;
    }

    /** Closes the port and every connection. Idempotent. */
    @Override
    public void close() {
        change(() -> closed = true);
        refuse();
    }

    private FaultProxy change(Runnable fault) {
        faultLock.lock();
        try {
            fault.run();
            changed.signalAll();
        } finally {
            faultLock.unlock();
        }
        return this;
    }

    private static ServerSocket listen(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on port " + port, e);
        }
    }

    private void accept() {
        ServerSocket socket = listener;
        if (socket == null) {
            return;
        }
        acceptor = thread("accept", () -> {
            while (!socket.isClosed()) {
                try {
                    Socket client = socket.accept();
                    accepted.incrementAndGet();
                    new Link(client).start();
                } catch (IOException e) {
                    assert socket.isClosed() : e;
                }
            }
        });
    }

    private Thread thread(String role, Runnable task) {
        Thread thread = new Thread(task, "fault-proxy-" + port + "-" + role);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void quietly(@Nullable Closeable closing) {
        if (closing != null) {
            try {
                closing.close();
            } catch (IOException e) {
                // Closed it is, whatever it says.
                return;
            }
        }
    }

    /** One client's connection and ours to the server. */
    private final class Link {
        private final Socket client;
        private final Socket server = new Socket();
        private volatile boolean forgotten;

        Link(Socket client) {
            this.client = client;
        }

        void start() {
            links.add(this);
            try {
                server.connect(target, 5000);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
            } catch (IOException e) {
                reset();
                return;
            }
            thread("to-server", () -> pump(client, server, Direction.TO_SERVER));
            thread("to-client", () -> pump(server, client, Direction.TO_CLIENT));
        }

        void reset() {
            try {
                client.setSoLinger(true, 0);
                server.setSoLinger(true, 0);
            } catch (IOException e) {
                // Already closed: nothing left to reset.
                close();
                return;
            }
            close();
        }

        void close() {
            links.remove(this);
            quietly(client);
            quietly(server);
        }

        private void pump(Socket from, Socket to, Direction direction) {
            byte[] chunk = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                int length;
                while ((length = in.read(chunk)) >= 0) {
                    int pass = admit(length, direction);
                    if (pass > 0) {
                        out.write(chunk, 0, pass);
                        out.flush();
                    }
                    if (pass >= 0 && pass < length) {
                        links.forEach(Link::close);
                        return;
                    }
                }
                to.shutdownOutput();
            } catch (IOException e) {
                close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                close();
            } finally {
                if (client.isOutputShutdown() && server.isOutputShutdown()) {
                    close();
                }
            }
        }

        /** Returns how many of the bytes to pass on; fewer means cut after them, -1 means swallow them. */
        private int admit(int length, Direction direction) throws InterruptedException {
            faultLock.lock();
            try {
                long wake = System.nanoTime() + delayNanos;
                while (!closed && (mode == Mode.FREEZE || wake - System.nanoTime() > 0)) {
                    if (mode == Mode.FREEZE) {
                        changed.await();
                    } else {
                        changed.awaitNanos(Math.max(wake - System.nanoTime(), TimeUnit.MICROSECONDS.toNanos(1)));
                        wake = delayNanos == 0 ? System.nanoTime() : wake;
                    }
                }
                if (mode == Mode.DROP || forgotten) {
                    return -1;
                }
                boolean up = direction == Direction.TO_SERVER;
                long budget = up ? budgetToServer : budgetToClient;
                int pass = (int) Math.min(length, budget);
                if (budget != Long.MAX_VALUE) {
                    if (up) {
                        budgetToServer -= pass;
                    } else {
                        budgetToClient -= pass;
                    }
                }
                return pass;
            } finally {
                faultLock.unlock();
            }
        }
    }
}
