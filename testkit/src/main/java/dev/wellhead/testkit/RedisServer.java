package dev.wellhead.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis 7 on a free loopback port. {@link #shared()} is one for the whole JVM: tests keep apart by key prefixes,
 * and none of them may flush it; {@link #builder()} starts one of a test's own, to be stopped, killed, paused or flushed.
 *
 * <p>Controls ({@link #stop()}, {@link #kill()}, ...) are for one thread at a time; the rest is thread-safe.
 */
public final class RedisServer implements AutoCloseable {
    private static final String VERSION = "7.0.15";
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);

    private final String uri;
    private final int port;
    // Null for a server that somebody else runs.
    private final @Nullable Installed installed;
    private @Nullable ServerProcess process;

    private record Installed(Path program, Path home, Map<String, String> settings) {
        Path configuration() {
            return home.resolve("redis.conf");
        }

        /** In a file, since a command line shows passwords to all; and Redis itself may rewrite it. */
        void configure() throws IOException {
            Files.createFile(
                    configuration(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(
                    configuration(),
                    settings.entrySet().stream()
                            .map(setting -> setting.getKey() + " "
                                    + (setting.getValue().isEmpty() ? "\"\"" : setting.getValue()))
                            .toList());
        }
    }

    private RedisServer(String uri, int port, @Nullable Installed installed) {
        this.uri = uri;
        this.port = port;
        this.installed = installed;
    }

    /** Starts a server of its own on each {@link Builder#start()}. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the server that all tests of this JVM share; started at the first call, stopped when the JVM ends. With the
     * system property {@code wellhead.test.redis.url} it is that one, in the build's profile "containers" one in a
     * container.
     */
    public static RedisServer shared() {
        return Shared.SERVER;
    }

    private static final class Shared {
        static final RedisServer SERVER = create();

        private static RedisServer create() {
            String given = SharedServers.redisUrl();
            if (given != null) {
                return new RedisServer(given, URI.create(given).getPort(), null);
            }
            RedisServer server = builder().start();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "wellhead-testkit-redis-stop"));
            return server;
        }
    }

    /** What a server of a test's own may be told. */
    public static final class Builder {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private @Nullable RedisServer primary;

        private Builder() {
            settings.put("bind", "127.0.0.1");
            // A replica is there to be waited for.
            settings.put("repl-diskless-sync-delay", "0");
            // Nothing is kept over a restart, as in a cache; a test that wants more sets "appendonly".
            settings.put("save", "");
            settings.put("appendonly", "no");
        }

        /** Sets a parameter of {@code redis.conf}. The value stands there as given: quote what has blanks. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /**
         * Makes the server a replica of another one that was started here, with that one's password if it has any. The
         * start returns when the replica holds what the primary held.
         */
        public Builder replicaOf(RedisServer server) {
            settings.put("replicaof", "127.0.0.1 " + server.port);
            String password = server.password();
            if (password != null) {
                settings.put("masterauth", password);
                settings.put("requirepass", password);
            }
            primary = server;
            return this;
        }

        /** Starts the server and returns when it answers. */
        public RedisServer start() {
            int port = Ports.free();
            Path home = WorkDirectory.fresh("redis");
            Map<String, String> own = new LinkedHashMap<>(settings);
            own.put("port", "" + port);
            own.put("dir", "\"" + home + "\"");
            try {
                Installed installed = new Installed(program(), home, own);
                installed.configure();
                RedisServer server = new RedisServer("redis://127.0.0.1:" + port, port, installed);
                server.start();
                if (primary != null) {
                    server.awaitInSync();
                }
                return server;
            } catch (IOException e) {
                WorkDirectory.delete(home);
                throw new UncheckedIOException("cannot start Redis", e);
            }
        }
    }

    /** Returns the address, {@code redis://127.0.0.1:<port>}. */
    public String uri() {
        return uri;
    }

    /** Returns the TCP port. */
    public int port() {
        return port;
    }

    /** Starts a stopped or killed server again, on the same port; returns when it answers. */
    public void start() {
        Installed own = own();
        if (process != null && !process.awaitEnd(Duration.ZERO)) {
            throw new IllegalStateException("Redis is running; stop or kill it first");
        }
        List<String> command =
                List.of(own.program().toString(), own.configuration().toString());
        ServerProcess started =
                ServerProcess.start("redis", own.home(), own.home().resolve("redis.log"), command);
        process = started;
        awaitAnswer(started);
    }

    /** Stops the server in order. */
    public void stop() {
        running().stop("TERM");
    }

    /** Kill -9. */
    public void kill() {
        running().kill();
    }

    /** Stops the process where it stands (SIGSTOP): connections stay open, nothing answers. */
    public void pause() {
        running().pause();
    }

    /** Lets a paused server go on. */
    public void resume() {
        running().resume();
    }

    /**
     * Makes a replica a primary, which it stays over a restart. What the old primary had not yet passed on is lost.
     *
     * @throws IllegalStateException if Redis refuses or does not answer
     */
    public void promote() {
        own();
        try (RedisConnection connection = connect()) {
            connection.call("REPLICAOF", "NO", "ONE");
            connection.call("CONFIG", "REWRITE");
        } catch (IOException e) {
            throw new IllegalStateException("redis on port " + port + ": cannot promote", e);
        }
    }

    /**
     * Waits until this replica has everything that its primary held at the time of the call.
     *
     * @throws IllegalStateException if it has not within 30 s, or is no replica
     */
    public void awaitInSync() {
        own();
        AtomicLong wanted = new AtomicLong(-1);
        Polling.until("redis on port " + port + " in sync with its primary", START_PATIENCE, () -> {
            try (RedisConnection connection = connect()) {
                Map<String, String> replica = connection.properties("INFO", "replication");
                if (wanted.get() < 0) {
                    wanted.set(offset(Integer.parseInt(replica.getOrDefault("master_port", "0"))));
                }
                boolean there = "up".equals(replica.get("master_link_status"))
                        && Long.parseLong(replica.getOrDefault("slave_repl_offset", "-1")) >= wanted.get();
                return there ? null : "offset " + wanted + " wanted of " + replica;
            }
        });
    }

    private long offset(int primaryPort) throws IOException {
        try (RedisConnection connection = RedisConnection.open(primaryPort, password())) {
            return Long.parseLong(
                    connection.properties("INFO", "replication").getOrDefault("master_repl_offset", "-1"));
        }
    }

    RedisConnection connect() throws IOException {
        return RedisConnection.open(port, password());
    }

    /** Returns the password that the settings ask for, null if none. */
    @Nullable String password() {
        return own().settings().get("requirepass");
    }

    /** Stops the server and removes its data. Does nothing to a server that somebody else runs. Idempotent. */
    @Override
    public void close() {
        if (installed != null) {
            if (process != null) {
                process.kill();
            }
            WorkDirectory.delete(installed.home());
        }
    }

    private void awaitAnswer(ServerProcess started) {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (answers()) {
                return;
            }
            if (started.awaitEnd(POLL)) {
                throw new IllegalStateException("Redis ended at once: " + started.lastLines());
            }
        }
        started.kill();
        throw new IllegalStateException("Redis did not answer within " + START_PATIENCE + ": " + started.lastLines());
    }

    // Any reply will do, even one that asks for a password; only LOADING means not yet.
    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] reply = socket.getInputStream().readNBytes(5);
            return reply.length == 5 && !new String(reply, StandardCharsets.US_ASCII).equals("-LOAD");
        } catch (IOException e) {
            return false;
        }
    }

    static Path program() throws IOException {
        String name = "redis-server-" + VERSION + "-" + Platform.redisName();
        Path folder = WorkDirectory.once(name, target -> {
            try (InputStream in = RedisServer.class.getResourceAsStream("/" + name)) {
                if (in == null) {
                    throw new IOException("no Redis for this platform on the class path (looked for " + name
                            + "); give a server of your own: -Dwellhead.test.redis.url=redis://...");
                }
                Path program = target.resolve("redis-server");
                Files.copy(in, program);
                Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        });
        return folder.resolve("redis-server");
    }

    private Installed own() {
        if (installed == null) {
            throw new IllegalStateException("this server is not ours to start and stop; use builder()");
        }
        return installed;
    }

    private ServerProcess running() {
        own();
        if (process == null) {
            throw new IllegalStateException("Redis was not started");
        }
        return process;
    }
}
