package dev.wellhead.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL proxy on a free loopback port that pools as PgBouncer does in transaction mode: a client has a server
 * connection for the length of a transaction only. The next transaction gets another one than the last whenever one is
 * free or may be opened, so that whatever was left in the session ({@code SET}, advisory locks, prepared statements,
 * temporary tables, {@code LISTEN}) is visibly not there. As with PgBouncer nothing is reset in between either: it is
 * there for whoever comes next.
 *
 * <p>Named prepared statements do not survive a transaction, so pgjdbc wants {@code prepareThreshold=0}. Users and
 * databases are those of PostgreSQL. Thread-safe.
 */
public final class TransactionPoolingProxy implements AutoCloseable {
    /*
     * Clients are asked for their password in clear text, which stays on this machine; with it the proxy itself logs in
     * to PostgreSQL, which is what checks it; one that was right is taken again without asking. Clients with equal
     * startup packets (user, database, settings) share a pool, so a server connection begins with the settings that its
     * client asked for.
     *
     * Each client has a thread that reads from it, each server connection one that reads from that. Which client has which
     * server connection is guarded by the pool's lock, under which nobody does any I/O. Who writes to a client holds its
     * writeLock. When a transaction ends, the server connection goes back before the client is told, since the client's
     * next message may come at once; the writeLock is held over both, so that the answer to that next message, which
     * another thread delivers, cannot overtake. Order: writeLock, then the pool's lock.
     *
     * A client may send ahead without waiting for answers. A server connection is given back only when it has answered
     * everything that it was sent and nothing was begun since.
     */
    private static final int PROTOCOL_3_0 = 196608;
    private static final int CANCEL = 80877102;
    private static final int SSL = 80877103;
    private static final int GSS = 80877104;
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final InetSocketAddress server;
    private final String user;
    private final String password;
    private final int size;
    private final ServerSocket listener;
    private final Map<Map<String, String>, Pool> pools = new ConcurrentHashMap<>();
    private final Map<Long, Client> clients = new ConcurrentHashMap<>();
    // Sockets of clients that may not have logged in yet.
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger numbers = new AtomicInteger();

    private TransactionPoolingProxy(PostgresServer server, int size, ServerSocket listener) {
        this.server = new InetSocketAddress(server.host(), server.port());
        this.user = server.user();
        this.password = server.password();
        this.size = size;
        this.listener = listener;
    }

    /** Starts a proxy with at most two server connections for each user and database. */
    public static TransactionPoolingProxy to(PostgresServer server) {
        return to(server, 2);
    }

    /**
     * Starts a proxy.
     *
     * @param connections how many server connections at most for clients of equal user, database and settings; at least
     *     two, else each transaction would get the same one
     */
    public static TransactionPoolingProxy to(PostgresServer server, int connections) {
        if (connections < 2) {
            throw new IllegalArgumentException("connections must be >= 2, was " + connections);
        }
        try {
            ServerSocket listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
            TransactionPoolingProxy proxy = new TransactionPoolingProxy(server, connections, listener);
            proxy.thread("accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("transaction pooling proxy: no port to listen on", e);
        }
    }

    /** Returns the proxy's port on 127.0.0.1. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Returns the JDBC URL of one of the databases, without user and password, for use without named statements. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database + "?prepareThreshold=0";
    }

    /** Opens a new connection through the proxy as superuser to one of the databases. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), user, password);
    }

    /** Closes the port and every connection. Idempotent. */
    @Override
    public void close() {
        quietly(listener);
        sockets.forEach(TransactionPoolingProxy::quietly);
        pools.values().forEach(Pool::close);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                if (listener.isClosed()) {
                    // close() may not have seen it.
                    quietly(socket);
                }
                thread("client-" + socket.getPort(), () -> serve(socket));
            } catch (IOException e) {
                assert listener.isClosed() : e;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            OutputStream out = new BufferedOutputStream(socket.getOutputStream());
            try {
                greet(socket, in, out);
            } catch (PgServerConnection.RefusedException e) {
                e.error().write(out);
                out.flush();
            }
        } catch (IOException e) {
            // The client has gone, or was closed: there is nobody to tell.
            return;
        } finally {
            sockets.remove(socket);
        }
    }

    /** Serves a connection to its end, whatever it was opened for. */
    private void greet(Socket socket, DataInputStream in, OutputStream out) throws IOException {
        ByteBuffer first = ByteBuffer.wrap(PgMessage.readBody(in));
        int code = first.getInt();
        while (code == SSL || code == GSS) {
            out.write('N');
            out.flush();
            first = ByteBuffer.wrap(PgMessage.readBody(in));
            code = first.getInt();
        }
        if (code == CANCEL) {
            Client client = clients.get(first.getLong());
            if (client != null) {
                client.cancel();
            }
            return;
        }
        Map<String, String> startup = startup(first);
        if (code != PROTOCOL_3_0 || startup.containsKey("replication")) {
            throw new PgServerConnection.RefusedException(PgMessage.fatal(
                    "0A000", "transaction pooling proxy: only protocol 3.0 without replication, was " + code));
        }
        PgMessage.of('R', 3).write(out);
        out.flush();
        PgMessage answer = PgMessage.read(in);
        String given = new String(answer.body(), 0, Math.max(0, answer.body().length - 1), StandardCharsets.UTF_8);
        Pool pool = pools.computeIfAbsent(startup, Pool::new);
        long key = ((long) numbers.incrementAndGet() << Integer.SIZE)
                | Integer.toUnsignedLong(new SecureRandom().nextInt());
        Client client = new Client(pool, socket, in, out);
        clients.put(key, client);
        try {
            client.welcome(pool.admit(given), key);
            client.run();
        } finally {
            clients.remove(key);
            pool.leave(client);
        }
    }

    private static Map<String, String> startup(ByteBuffer packet) {
        String[] texts = StandardCharsets.UTF_8.decode(packet).toString().split("\0", -1);
        Map<String, String> startup = new LinkedHashMap<>();
        for (int i = 0; i + 1 < texts.length && !texts[i].isEmpty(); i += 2) {
            startup.put(texts[i], texts[i + 1]);
        }
        return startup;
    }

    private void thread(String role, Runnable task) {
        Thread thread = new Thread(task, "transaction-pooling-proxy-" + port() + "-" + role);
        thread.setDaemon(true);
        thread.start();
    }

    private static void quietly(AutoCloseable closing) {
        try {
            closing.close();
        } catch (Exception e) {
            // Closed it is, whatever it says.
            return;
        }
    }

    /** The server connections for one kind of client. */
    private final class Pool implements Closeable {
        private final Map<String, String> startup;
        private final ReentrantLock poolLock = new ReentrantLock();
        private final Condition returned = poolLock.newCondition();
        // Guarded by poolLock, and so are the fields of clients and backends that say so.
        private final Deque<Backend> idle = new ArrayDeque<>();
        private int open;
        private boolean closed;
        private @Nullable String known;
        private List<PgMessage> parameters = List.of();

        Pool(Map<String, String> startup) {
            this.startup = startup;
        }

        /** Lets PostgreSQL check a password, unless it was right before; returns what the client is told of settings. */
        List<PgMessage> admit(String given) throws IOException {
            poolLock.lock();
            try {
                if (given.equals(known)) {
                    return parameters;
                }
            } finally {
                poolLock.unlock();
            }
            PgServerConnection connection = PgServerConnection.open(server, startup, given);
            Backend backend = new Backend(this, connection);
            poolLock.lock();
            try {
                known = given;
                parameters = List.copyOf(connection.parameters());
                if (open < size && !closed) {
                    open++;
                    backend.start();
                    idle.addLast(backend);
                    returned.signal();
                    return parameters;
                }
            } finally {
                poolLock.unlock();
            }
            quietly(connection);
            return connection.parameters();
        }

        /** Returns the server connection that a client's message belongs to, null if the message is to be dropped. */
        @Nullable Backend route(Client client, char type) throws IOException {
            // The data of a COPY, its end or failure, and Flush: they belong to what was begun and begin nothing.
            boolean follows = type == 'd' || type == 'c' || type == 'f' || type == 'H';
            Backend backend = client.backend(type, follows);
            // Without one they come too late, say after a COPY that failed; PostgreSQL drops them then, too.
            if (backend == null && !follows) {
                backend = take(client);
                client.assign(backend, type);
            }
            return backend;
        }

        private Backend take(Client client) throws IOException {
            String with;
            poolLock.lock();
            try {
                long left = WAIT.toNanos();
                while (true) {
                    Backend found = choose(client);
                    if (found != null) {
                        idle.remove(found);
                        return found;
                    }
                    if (closed || left <= 0) {
                        throw new PgServerConnection.RefusedException(PgMessage.fatal(
                                "08P01",
                                "transaction pooling proxy: no server connection within " + WAIT.toSeconds() + " s ("
                                        + open + "/" + size + " in transactions)"));
                    }
                    if (open < size) {
                        open++;
                        with = known == null ? "" : known;
                        break;
                    }
                    left = returned.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } finally {
                poolLock.unlock();
            }
            return openOne(with);
        }

        /** Returns the idle one that was given back first, but rather a new one than the one that the client had last. */
        private @Nullable Backend choose(Client client) {
            assert poolLock.isHeldByCurrentThread();
            for (Backend backend : idle) {
                if (backend != client.last) {
                    return backend;
                }
            }
            return open < size ? null : idle.peekFirst();
        }

        private Backend openOne(String with) throws IOException {
            Backend backend = null;
            try {
                backend = new Backend(this, PgServerConnection.open(server, startup, with));
                backend.start();
                return backend;
            } finally {
                if (backend == null) {
                    poolLock.lock();
                    try {
                        open--;
                        returned.signal();
                    } finally {
                        poolLock.unlock();
                    }
                }
            }
        }

        /** A client has gone. Its transaction goes with it: PostgreSQL rolls back what is cut off. */
        void leave(Client client) {
            Backend unfinished;
            poolLock.lock();
            try {
                unfinished = client.backend;
                client.backend = null;
                if (unfinished != null) {
                    unfinished.client = null;
                }
            } finally {
                poolLock.unlock();
            }
            if (unfinished != null) {
                quietly(unfinished.connection);
            }
        }

        /** PostgreSQL has closed a connection, or we have. */
        void lost(Backend backend) {
            Client client;
            poolLock.lock();
            try {
                open--;
                idle.remove(backend);
                client = backend.client;
                returned.signal();
            } finally {
                poolLock.unlock();
            }
            quietly(backend.connection);
            if (client != null) {
                quietly(client.socket);
            }
        }

        @Override
        public void close() {
            List<Backend> closing;
            poolLock.lock();
            try {
                closed = true;
                closing = List.copyOf(idle);
                returned.signalAll();
            } finally {
                poolLock.unlock();
            }
            // The others go with their clients.
            closing.forEach(backend -> quietly(backend.connection));
        }
    }

    /** A client that has said who it is. */
    private static final class Client {
        private final Pool pool;
        private final Socket socket;
        private final DataInputStream in;
        private final ReentrantLock writeLock = new ReentrantLock();
        // Guarded by writeLock.
        private final OutputStream out;
        // Guarded by the pool's lock. What was sent and not yet answered by "ready"; and whether messages were sent
        // that no Sync has followed yet.
        private @Nullable Backend backend;
        private @Nullable Backend last;
        private int unanswered;
        private boolean midBatch;
        private boolean endedBySync;

        Client(Pool pool, Socket socket, DataInputStream in, OutputStream out) {
            this.pool = pool;
            this.socket = socket;
            this.in = in;
            this.out = out;
        }

        void welcome(List<PgMessage> parameters, long key) throws IOException {
            List<PgMessage> messages = new ArrayList<>();
            messages.add(PgMessage.of('R', 0));
            messages.addAll(parameters);
            messages.add(PgMessage.of('K', (int) (key >>> Integer.SIZE), (int) key));
            messages.add(new PgMessage('Z', new byte[] {'I'}));
            write(messages);
        }

        private void write(List<PgMessage> messages) throws IOException {
            writeLock.lock();
            try {
                for (PgMessage message : messages) {
                    message.write(out);
                }
                out.flush();
            } finally {
                writeLock.unlock();
            }
        }

        /** Passes on what the client sends, until it says goodbye or PostgreSQL refuses a connection for it. */
        void run() throws IOException {
            try {
                PgMessage message = PgMessage.read(in);
                while (message.type() != 'X') {
                    Backend to = pool.route(this, message.type());
                    if (to != null) {
                        to.connection.send(message, in.available() == 0);
                    }
                    message = PgMessage.read(in);
                }
            } catch (PgServerConnection.RefusedException e) {
                write(List.of(e.error()));
            }
        }

        /** Returns the server connection that this client has now, having noted that a message goes there. */
        @Nullable Backend backend(char type, boolean follows) {
            pool.poolLock.lock();
            try {
                if (backend != null && !follows) {
                    note(type);
                }
                return backend;
            } finally {
                pool.poolLock.unlock();
            }
        }

        void assign(Backend to, char type) {
            pool.poolLock.lock();
            try {
                backend = to;
                to.client = this;
                note(type);
            } finally {
                pool.poolLock.unlock();
            }
        }

        private void note(char type) {
            assert pool.poolLock.isHeldByCurrentThread();
            boolean ends = type == 'Q' || type == 'S' || type == 'F';
            midBatch = !ends;
            if (ends) {
                unanswered++;
                endedBySync = type == 'S';
            }
        }

        /** Whether the server connection has nothing more to do for this client, now that this came from it. */
        private boolean isDoneAfter(PgMessage message) {
            assert pool.poolLock.isHeldByCurrentThread();
            if (message.type() == 'G' && endedBySync && unanswered > 0) {
                // Within COPY PostgreSQL ignores the Sync that came with it; the client sends another one after it.
                unanswered--;
                midBatch = true;
            }
            if (message.type() != 'Z') {
                return false;
            }
            unanswered--;
            return message.body()[0] == 'I' && unanswered == 0 && !midBatch;
        }

        void deliver(PgMessage message, Backend from, boolean flush) {
            writeLock.lock();
            try {
                pool.poolLock.lock();
                try {
                    if (isDoneAfter(message) && backend == from) {
                        backend = null;
                        last = from;
                        from.client = null;
                        pool.idle.addLast(from);
                        pool.returned.signal();
                    }
                } finally {
                    pool.poolLock.unlock();
                }
                message.write(out);
                if (flush) {
                    out.flush();
                }
            } catch (IOException e) {
                // The client's own thread finds it gone.
                quietly(socket);
            } finally {
                writeLock.unlock();
            }
        }

        void cancel() throws IOException {
            Backend running;
            pool.poolLock.lock();
            try {
                running = backend;
            } finally {
                pool.poolLock.unlock();
            }
            if (running != null) {
                running.connection.cancel();
            }
        }
    }

    /** A connection to PostgreSQL and the thread that reads from it, for the client that has it or for none. */
    private final class Backend {
        private final Pool pool;
        private final PgServerConnection connection;
        // Guarded by the pool's lock.
        private @Nullable Client client;

        Backend(Pool pool, PgServerConnection connection) {
            this.pool = pool;
            this.connection = connection;
        }

        void start() {
            thread("server", this::run);
        }

        private void run() {
            try {
                while (true) {
                    PgMessage message = connection.receive();
                    Client to = client();
                    // Without a client it is a notice or a notification, for whoever was here before.
                    if (to != null) {
                        to.deliver(message, this, message.type() == 'Z' || !connection.hasMore());
                    }
                }
            } catch (IOException e) {
                pool.lost(this);
            }
        }

        private @Nullable Client client() {
            pool.poolLock.lock();
            try {
                return client;
            } finally {
                pool.poolLock.unlock();
            }
        }
    }
}
