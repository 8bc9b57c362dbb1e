package dev.wellhead.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Redis primary with replicas, watched over by sentinels that promote a replica when the primary dies. The sentinels
 * look more often than they do in production, so that a failover takes seconds.
 *
 * <p>Controls are for one thread at a time; the rest is thread-safe.
 */
public final class RedisSentinel implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String primaryName;
    private final List<RedisServer> servers;
    private final List<Sentinel> sentinels;

    private RedisSentinel(String primaryName, List<RedisServer> servers, List<Sentinel> sentinels) {
        this.primaryName = primaryName;
        this.servers = List.copyOf(servers);
        this.sentinels = List.copyOf(sentinels);
    }

    /** Starts servers and sentinels on each {@link Builder#start()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** What servers and sentinels may be told. */
    public static final class Builder {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private String primaryName = "wellhead";
        private int replicas = 1;
        private int sentinels = 3;
        private int quorum;
        private Duration downAfter = Duration.ofSeconds(1);

        private Builder() {}

        /** The name under which clients ask for the primary. Default: {@code wellhead}. */
        public Builder primaryName(String name) {
            primaryName = name;
            return this;
        }

        /** How many replicas. Default: 1. */
        public Builder replicas(int count) {
            replicas = atLeastOne("replicas", count);
            return this;
        }

        /** How many sentinels. Default: 3. */
        public Builder sentinels(int count) {
            sentinels = atLeastOne("sentinels", count);
            return this;
        }

        /** How many sentinels must agree that the primary is down. Default: the majority. */
        public Builder quorum(int count) {
            quorum = atLeastOne("quorum", count);
            return this;
        }

        /** How long a server must be silent to count as down; milliseconds count. Default: 1 s. */
        public Builder downAfter(Duration silence) {
            atLeastOne("downAfter in ms", (int) silence.toMillis());
            downAfter = silence;
            return this;
        }

        /** Sets a parameter of each server's {@code redis.conf}; the sentinels learn the password that is set so. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Starts everything; returns when all sentinels know each other and the replicas, and these are in sync. */
        public RedisSentinel start() {
            int votes = quorum == 0 ? sentinels / 2 + 1 : quorum;
            if (votes > sentinels) {
                throw new IllegalArgumentException("quorum must be <= sentinels (" + sentinels + "), was " + votes);
            }
            List<RedisServer> servers = new ArrayList<>();
            List<Sentinel> watchers = new ArrayList<>();
            try {
                servers.add(server(null));
                for (int i = 0; i < replicas; i++) {
                    servers.add(server(servers.get(0)));
                }
                for (int i = 0; i < sentinels; i++) {
                    watchers.add(Sentinel.start(configuration(servers.get(0), votes)));
                }
                RedisSentinel started = new RedisSentinel(primaryName, servers, watchers);
                started.awaitReady();
                return started;
            } catch (RuntimeException e) {
                watchers.forEach(Sentinel::close);
                servers.forEach(RedisServer::close);
                throw e;
            }
        }

        private RedisServer server(@Nullable RedisServer primary) {
            RedisServer.Builder server = RedisServer.builder();
            settings.forEach(server::setting);
            if (settings.containsKey("requirepass")) {
                // A primary that comes back becomes a replica.
                server.setting("masterauth", settings.getOrDefault("requirepass", ""));
            }
            return primary == null ? server.start() : server.replicaOf(primary).start();
        }

        private List<String> configuration(RedisServer primary, int votes) {
            List<String> lines = new ArrayList<>();
            lines.add("bind 127.0.0.1");
            lines.add("sentinel monitor " + primaryName + " 127.0.0.1 " + primary.port() + " " + votes);
            lines.add("sentinel down-after-milliseconds " + primaryName + " " + downAfter.toMillis());
            // An election that nobody won is held again after twice this.
            lines.add("sentinel failover-timeout " + primaryName + " 2000");
            String password = primary.password();
            if (password != null) {
                lines.add("sentinel auth-pass " + primaryName + " " + password);
            }
            return lines;
        }

        private static int atLeastOne(String name, int count) {
            if (count < 1) {
                throw new IllegalArgumentException(name + " must be >= 1, was " + count);
            }
            return count;
        }
    }

    /** Returns the name under which clients ask for the primary. */
    public String primaryName() {
        return primaryName;
    }

    /** Returns the sentinels' TCP ports on 127.0.0.1. */
    public List<Integer> ports() {
        return sentinels.stream().map(Sentinel::port).toList();
    }

    /**
     * Returns the address for clients, {@code redis-sentinel://127.0.0.1:<port>,127.0.0.1:<port>,...#<name>}. A password
     * is not in it.
     */
    public String uri() {
        return sentinels.stream()
                .map(sentinel -> "127.0.0.1:" + sentinel.port())
                .collect(Collectors.joining(",", "redis-sentinel://", "#" + primaryName));
    }

    /** Returns the servers, to be stopped, killed or paused; the first one began as the primary. */
    public List<RedisServer> servers() {
        return servers;
    }

    /**
     * Returns the server that the sentinels name as the primary.
     *
     * @throws IllegalStateException if none of them answers, or those that do disagree
     */
    public RedisServer primary() {
        List<String> named = named();
        if (named.stream().distinct().count() != 1) {
            throw new IllegalStateException("sentinels name as primary " + named + "; wait until they agree");
        }
        return server(named.get(0));
    }

    /**
     * Makes the sentinels promote a replica while the primary is well; returns the new primary when all sentinels that
     * answer name it and it takes writes. The old one becomes a replica a little later, see {@link #awaitReady()}.
     */
    public RedisServer failover() {
        RedisServer old = primary();
        // Refused while a failover is going on or no replica looks good.
        Polling.until("sentinels accept a failover", PATIENCE, () -> {
            try (RedisConnection sentinel = anySentinel()) {
                sentinel.call("SENTINEL", "FAILOVER", primaryName);
                return null;
            }
        });
        return awaitFailoverFrom(old);
    }

    /**
     * Waits until all sentinels that answer name another primary than this one, and that one takes writes; returns it.
     *
     * @throws IllegalStateException if they do not within 60 s
     */
    public RedisServer awaitFailoverFrom(RedisServer old) {
        Polling.until("failover from the primary on port " + old.port(), PATIENCE, () -> {
            List<String> named = named();
            if (named.stream().distinct().count() != 1 || named.contains("" + old.port())) {
                return "sentinels name as primary " + named;
            }
            try (RedisConnection connection = server(named.get(0)).connect()) {
                String role = connection.text("ROLE");
                return role.equals("master") ? null : "port " + named.get(0) + " is still " + role;
            }
        });
        return primary();
    }

    /**
     * Waits until every sentinel answers and knows all the others, and every server answers and is, but for the primary, a
     * replica in sync with it that all sentinels know.
     *
     * @throws IllegalStateException if that is not so within 60 s; the message says what is missing
     */
    public void awaitReady() {
        for (Sentinel sentinel : sentinels) {
            Polling.until("sentinel on port " + sentinel.port() + " sees everything", PATIENCE, () -> {
                try (RedisConnection connection = sentinel.connect()) {
                    return missing(connection);
                }
            });
        }
        int primary = primary().port();
        servers.stream().filter(server -> server.port() != primary).forEach(RedisServer::awaitInSync);
    }

    private @Nullable String missing(RedisConnection sentinel) throws IOException {
        Map<String, String> primary = pairs(sentinel.call("SENTINEL", "MASTER", primaryName));
        if (!"master".equals(primary.get("flags"))
                || !("" + (servers.size() - 1)).equals(primary.get("num-slaves"))
                || !("" + (sentinels.size() - 1)).equals(primary.get("num-other-sentinels"))) {
            return "of the primary " + primary;
        }
        for (Map<String, String> replica : records(sentinel.call("SENTINEL", "REPLICAS", primaryName))) {
            if (!"slave".equals(replica.get("flags"))
                    || !"ok".equals(replica.get("master-link-status"))
                    || !Objects.equals(primary.get("port"), replica.get("master-port"))) {
                return "of a replica " + replica;
            }
        }
        return null;
    }

    /** Kill -9 to one sentinel. */
    public void killSentinel(int index) {
        sentinels.get(index).kill();
    }

    /** Starts a killed sentinel again, on the same port and with what it knew; returns when it answers. */
    public void restartSentinel(int index) {
        sentinels.get(index).start();
    }

    /** Stops everything and removes its data. Idempotent. */
    @Override
    public void close() {
        // First those who would otherwise see to it that somebody is primary.
        sentinels.forEach(Sentinel::close);
        servers.forEach(RedisServer::close);
    }

    /** Returns the port that each sentinel which answers names as the primary's. */
    private List<String> named() {
        return sentinels.stream().flatMap(this::namedBy).toList();
    }

    private Stream<String> namedBy(Sentinel sentinel) {
        try (RedisConnection connection = sentinel.connect()) {
            return Stream.of(connection
                    .call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", primaryName)
                    .get(1));
        } catch (IOException e) {
            // Killed: the others decide without it.
            return Stream.empty();
        }
    }

    private RedisServer server(String port) {
        return servers.stream()
                .filter(server -> port.equals("" + server.port()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("sentinels name a stranger on port " + port));
    }

    private RedisConnection anySentinel() throws IOException {
        IOException last = null;
        for (Sentinel sentinel : sentinels) {
            try {
                return sentinel.connect();
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IOException("none of " + sentinels.size() + " sentinels answers", last);
    }

    private static Map<String, String> pairs(List<String> flat) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i + 1 < flat.size(); i += 2) {
            pairs.put(flat.get(i), flat.get(i + 1));
        }
        return pairs;
    }

    /** Each begins with its name. */
    private static List<Map<String, String>> records(List<String> flat) {
        List<Map<String, String>> records = new ArrayList<>();
        int end = flat.size();
        for (int i = flat.size() - 2; i >= 0; i -= 2) {
            if (flat.get(i).equals("name")) {
                records.add(pairs(flat.subList(i, end)));
                end = i;
            }
        }
        return records;
    }

    /** One sentinel's process. It keeps what it learns in its own configuration file. */
    private static final class Sentinel {
        private final int port;
        private final Path home;
        private @Nullable ServerProcess process;

        private Sentinel(int port, Path home) {
            this.port = port;
            this.home = home;
        }

        static Sentinel start(List<String> configuration) {
            Sentinel sentinel = new Sentinel(Ports.free(), WorkDirectory.fresh("sentinel"));
            List<String> lines = new ArrayList<>(configuration);
            lines.add("port " + sentinel.port);
            lines.add("dir \"" + sentinel.home + "\"");
            try {
                Files.createFile(
                        sentinel.file(),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.write(sentinel.file(), lines);
                sentinel.start();
            } catch (IOException e) {
                sentinel.close();
                throw new UncheckedIOException("cannot start a Redis sentinel", e);
            }
            return sentinel;
        }

        int port() {
            return port;
        }

        RedisConnection connect() throws IOException {
            return RedisConnection.open(port, null);
        }

        void start() {
            try {
                ServerProcess started = ServerProcess.start(
                        "redis-sentinel",
                        home,
                        home.resolve("sentinel.log"),
                        List.of(RedisServer.program().toString(), file().toString(), "--sentinel"));
                process = started;
                Polling.until("sentinel on port " + port + " answers", PATIENCE, () -> {
                    if (started.awaitEnd(Duration.ZERO)) {
                        throw new IOException("ended: " + started.lastLines());
                    }
                    hurry();
                    return null;
                });
            } catch (IOException e) {
                throw new UncheckedIOException("cannot start a Redis sentinel", e);
            }
        }

        // Not kept in the file, so it is said after each start.
        private void hurry() throws IOException {
            try (RedisConnection connection = connect()) {
                for (String[] setting : new String[][] {
                    {"INFO-PERIOD", "500"},
                    // A replica is fit for promotion if it was heard within five of these, and it is asked once a
                    // second then: much less, and the first failover finds none.
                    {"PING-PERIOD", "300"},
                    {"ASK-PERIOD", "100"},
                    {"PUBLISH-PERIOD", "200"},
                    {"MIN-LINK-RECONNECT-PERIOD", "1000"},
                    // A machine that stood still for a moment keeps a sentinel from acting for this long.
                    {"TILT-PERIOD", "2000"}
                }) {
                    connection.call("SENTINEL", "DEBUG", setting[0], setting[1]);
                }
            }
        }

        void kill() {
            if (process == null) {
                throw new IllegalStateException("sentinel on port " + port + " was not started");
            }
            process.kill();
        }

        void close() {
            if (process != null) {
                process.kill();
            }
            WorkDirectory.delete(home);
        }

        private Path file() {
            return home.resolve("sentinel.conf");
        }
    }
}
