package dev.wellhead.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL on a free loopback port. {@link #shared()} is one for the whole JVM, with a database for each test
 * from {@link #createDatabase()}; {@link #builder()} starts one of a test's own, to be stopped, killed or paused.
 *
 * <p>Controls ({@link #stop()}, {@link #kill()}, ...) are for one thread at a time; the rest is thread-safe.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String host;
    private final int port;
    private final String user;
    private final String password;
    private final String adminDatabase;
    // Null for a server that somebody else runs.
    private final @Nullable Installed installed;
    private @Nullable ServerProcess process;
    private boolean killed;

    private record Installed(PostgresBinaries binaries, Path home, Map<String, String> settings) {}

    private PostgresServer(
            String host, int port, String user, String password, String adminDatabase, @Nullable Installed installed) {
        this.host = host;
        this.port = port;
        this.user = user;
        this.password = password;
        this.adminDatabase = adminDatabase;
        this.installed = installed;
    }

    /** Starts a server of its own on each {@link Builder#start()}. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the server that all tests of this JVM share; started at the first call, stopped when the JVM ends. With the
     * system property {@code wellhead.test.postgres.url} (a JDBC URL of a user who may create databases) it is that one,
     * in the build's profile "containers" one in a container.
     */
    public static PostgresServer shared() {
        return Shared.SERVER;
    }

    private static final class Shared {
        static final PostgresServer SERVER = create();

        private static PostgresServer create() {
            String given = SharedServers.postgresUrl();
            if (given != null) {
                return external(given);
            }
            PostgresServer server = builder().start();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "wellhead-testkit-postgres-stop"));
            return server;
        }
    }

    private static PostgresServer external(String url) {
        if (!url.startsWith("jdbc:postgresql://")) {
            throw new IllegalArgumentException("wellhead.test.postgres.url must start with jdbc:postgresql://");
        }
        URI uri = URI.create(url.substring("jdbc:".length()));
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : Objects.requireNonNullElse(uri.getQuery(), "").split("&", -1)) {
            int equals = parameter.indexOf('=');
            if (equals > 0) {
                parameters.put(parameter.substring(0, equals), parameter.substring(equals + 1));
            }
        }
        return new PostgresServer(
                uri.getHost(),
                uri.getPort() == -1 ? 5432 : uri.getPort(),
                parameters.getOrDefault("user", PostgresBinaries.SUPERUSER),
                parameters.getOrDefault("password", ""),
                uri.getPath().substring(1),
                null);
    }

    /** What a server of a test's own may be told. */
    public static final class Builder {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private @Nullable Path installation;
        private @Nullable Path archive;
        private boolean cheapLogins = true;

        private Builder() {
            settings.put("listen_addresses", "127.0.0.1");
            // No socket file: its path would be too long below a deep target folder.
            settings.put("unix_socket_directories", "");
            settings.put("max_connections", "200");
            // Version 13 still has md5 by default.
            settings.put("password_encryption", "scram-sha-256");
            settings.put("shared_buffers", "64MB");
            // In the data's folder: what a killed server leaves goes with that.
            settings.put("dynamic_shared_memory_type", "mmap");
            // A killed server still finds what it wrote in the page cache; only a dead machine would lose it.
            settings.put("fsync", "off");
            settings.put("full_page_writes", "off");
        }

        /** Sets a parameter of {@code postgresql.conf}. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /**
         * Runs the programs of this machine rather than those on the class path.
         *
         * @param folder with {@code bin/postgres} and {@code bin/initdb} in it
         */
        public Builder installation(Path folder) {
            installation = folder;
            return this;
        }

        /**
         * Runs the programs of this artifact rather than those on the class path, as of another version.
         *
         * @param jar as of those on the class path
         */
        public Builder archive(Path jar) {
            archive = jar;
            return this;
        }

        /**
         * Hashes passwords as often as the server does by default. Tests log in all the time, and of a connect that is a
         * third, so without this they are hashed once, from PostgreSQL 16 on.
         */
        public Builder usualLogins() {
            cheapLogins = false;
            return this;
        }

        private PostgresBinaries binaries() throws IOException {
            if (installation != null) {
                return PostgresBinaries.installed(installation);
            }
            return archive == null ? PostgresBinaries.unpacked() : PostgresBinaries.unpacked(archive);
        }

        /** Starts the server and returns when it answers. */
        public PostgresServer start() {
            // A random password shows in any output that leaks it.
            String password = "canary-" + UUID.randomUUID();
            Path home = WorkDirectory.fresh("postgres");
            try {
                PostgresBinaries binaries = binaries();
                if (cheapLogins && binaries.version() >= 16) {
                    settings.putIfAbsent("scram_iterations", "1");
                }
                binaries.copyData(home.resolve("data"));
                Installed installed = new Installed(binaries, home, Map.copyOf(settings));
                PostgresServer server = new PostgresServer(
                        "127.0.0.1", Ports.free(), PostgresBinaries.SUPERUSER, password, "postgres", installed);
                server.start();
                server.requirePasswords(home);
                return server;
            } catch (IOException e) {
                WorkDirectory.delete(home);
                throw new UncheckedIOException("cannot start PostgreSQL", e);
            }
        }
    }

    /** Returns the JDBC URL of one of the server's databases, without user and password. */
    public String url(String database) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }

    /** Returns the host name or address. */
    public String host() {
        return host;
    }

    /** Returns the TCP port. */
    public int port() {
        return port;
    }

    /** Returns the superuser's name. */
    public String user() {
        return user;
    }

    /** Returns the superuser's password, random for each server started here. */
    public String password() {
        return password;
    }

    /** Opens a new connection as superuser to one of the server's databases. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), user, password);
    }

    /** Creates an empty database of a new name, to be dropped by closing it. */
    public TestDatabase createDatabase() {
        String name = "test_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        administrate("create database " + name + copying());
        return new TestDatabase(
                name,
                url(name),
                user,
                password,
                () -> administrate("drop database if exists " + name + " with (force)"));
    }

    // Without fsync a copy of the files takes a quarter of the processor time of one page by page through the log.
    private String copying() {
        return installed == null || installed.binaries().version() < 15 ? "" : " strategy file_copy";
    }

    /** Runs SQL as superuser in the server's own database. */
    public void administrate(String sql) {
        try (Connection connection = connect(adminDatabase);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("failed: " + sql, e);
        }
    }

    /**
     * Starts a streaming standby of this server and returns when it takes reads. Blocks for the time of a copy.
     *
     * @throws IllegalStateException if this server is not one of those started here, or the standby does not start
     */
    public PostgresReplica replica() {
        own();
        return PostgresReplica.of(this);
    }

    /** Starts a server over a copy of this one's data, below the given folder; it has this one's accounts and settings. */
    PostgresServer startCopy(Path home, Map<String, String> more) {
        Installed own = own();
        Map<String, String> settings = new LinkedHashMap<>(own.settings());
        settings.putAll(more);
        PostgresServer copy = new PostgresServer(
                "127.0.0.1",
                Ports.free(),
                user,
                password,
                adminDatabase,
                new Installed(own.binaries(), home, Map.copyOf(settings)));
        copy.start();
        return copy;
    }

    /** Returns the folder of the data. */
    Path data() {
        return own().home().resolve("data");
    }

    boolean isRunning() {
        return process != null && !process.awaitEnd(Duration.ZERO);
    }

    /** Starts a stopped or killed server again, on the same port and data; returns when it answers. */
    public void start() {
        Installed own = own();
        if (process != null && !process.awaitEnd(Duration.ZERO)) {
            throw new IllegalStateException("PostgreSQL is running; stop or kill it first");
        }
        List<String> arguments =
                new ArrayList<>(List.of("-D", own.home().resolve("data").toString(), "-p", "" + port));
        own.settings().forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
        Path log = own.home().resolve("postgres.log");
        ServerProcess started = ServerProcess.start(
                "postgres", own.home(), log, own.binaries().command("postgres", arguments.toArray(String[]::new)));
        process = started;
        killed = false;
        awaitAnswer(started);
    }

    /** Stops the server in order: clients are disconnected, transactions rolled back, everything written. */
    public void stop() {
        running().stop("INT");
    }

    /** Kill -9 to the server and all its processes. */
    public void kill() {
        running().kill();
        killed = true;
    }

    /** Stops all processes where they stand (SIGSTOP): connections stay open, nothing answers. */
    public void pause() {
        running().pause();
    }

    /** Lets a paused server go on. */
    public void resume() {
        running().resume();
    }

    /** Stops the server and removes its data. Does nothing to a server that somebody else runs. Idempotent. */
    @Override
    public void close() {
        if (installed != null) {
            if (process != null) {
                // Nobody will read the data again.
                process.stop("QUIT");
            }
            if (killed) {
                releaseSharedMemory(installed);
            }
            WorkDirectory.delete(installed.home());
        }
    }

    /** A segment of System V outlives a kill, until a server starts on the same data; one without clients takes the least. */
    private static void releaseSharedMemory(Installed own) {
        String data = own.home().resolve("data").toString();
        try {
            ServerProcess.run(
                    "postgres", own.home(), own.binaries().command("postgres", "--single", "-D", data, "template1"));
        } catch (IOException ignored) {
            // A test may have left data on which no server starts.
        }
    }

    private void awaitAnswer(ServerProcess started) {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        SQLException last = null;
        while (System.nanoTime() - deadline < 0) {
            try (Connection ignored = connect(adminDatabase)) {
                return;
            } catch (SQLException e) {
                last = e;
            }
            if (started.awaitEnd(POLL)) {
                throw new IllegalStateException("PostgreSQL ended at once: " + started.lastLines(), last);
            }
        }
        started.kill();
        throw new IllegalStateException(
                "PostgreSQL did not answer within " + START_PATIENCE + ": " + started.lastLines(), last);
    }

    private void requirePasswords(Path home) throws IOException {
        administrate("alter role " + user + " password '" + password + "'");
        Files.writeString(
                home.resolve("data").resolve("pg_hba.conf"),
                "host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\n");
        administrate("select pg_reload_conf()");
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
            throw new IllegalStateException("PostgreSQL was not started");
        }
        return process;
    }
}
