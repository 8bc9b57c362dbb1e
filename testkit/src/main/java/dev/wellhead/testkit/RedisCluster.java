package dev.wellhead.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A Redis Cluster of masters that share the slots evenly, each with replicas if wanted. Nodes {@code 0} to
 * {@code masters - 1} begin as masters, the others as their replicas in turn: with three masters node 3 follows node 0.
 *
 * <p>A killed node comes back with its place in the cluster and without its data. Controls are for one thread at a time;
 * the rest is thread-safe.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int SLOTS = 16384;
    private static final int KEYS_AT_ONCE = 100;
    private static final String MIGRATE_MILLIS = "5000";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<RedisServer> nodes;

    private RedisCluster(List<RedisServer> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /** Starts a cluster on each {@link Builder#start()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** What a cluster may be told. */
    public static final class Builder {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private int masters = 3;
        private int replicas;

        private Builder() {
            settings.put("cluster-enabled", "yes");
            // Else a node that has not yet been spoken to does not know its own address, and names none to clients.
            settings.put("cluster-announce-ip", "127.0.0.1");
            // Long enough for a busy machine not to take a slow node for a dead one.
            settings.put("cluster-node-timeout", "5000");
        }

        /** How many masters. Default: 3. */
        public Builder masters(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("masters must be >= 1, was " + count);
            }
            masters = count;
            return this;
        }

        /** How many replicas for each master. Default: 0. */
        public Builder replicas(int perMaster) {
            if (perMaster < 0) {
                throw new IllegalArgumentException("replicas must be >= 0, was " + perMaster);
            }
            replicas = perMaster;
            return this;
        }

        /**
         * Sets a parameter of each node's {@code redis.conf}, say {@code cluster-node-timeout} (milliseconds; default here:
         * 5000), after which a silent node counts as failed.
         */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Starts the nodes and joins them; returns when each of them says that the cluster is complete. */
        public RedisCluster start() {
            List<RedisServer> started = new ArrayList<>();
            try {
                for (int i = 0; i < masters * (1 + replicas); i++) {
                    started.add(startNode());
                }
                RedisCluster cluster = new RedisCluster(started);
                cluster.form(masters);
                return cluster;
            } catch (RuntimeException e) {
                started.forEach(RedisServer::close);
                throw e;
            }
        }

        private RedisServer startNode() {
            RedisServer.Builder node = RedisServer.builder();
            settings.forEach(node::setting);
            if (settings.containsKey("requirepass")) {
                node.setting("masterauth", settings.getOrDefault("requirepass", ""));
            }
            // By default the bus is 10000 ports above, which need not be free, nor a port at all.
            return node.setting("cluster-port", "" + Ports.free()).start();
        }
    }

    /** Returns all nodes, to be connected to, stopped, killed or paused. */
    public List<RedisServer> nodes() {
        return nodes;
    }

    /** Returns one node. */
    public RedisServer node(int index) {
        return nodes.get(index);
    }

    /** Returns a node's TCP port for clients. */
    public int port(int index) {
        return node(index).port();
    }

    /** Returns the address of one node, {@code redis://127.0.0.1:<port>}, from which clients find the others. */
    public String uri(int index) {
        return node(index).uri();
    }

    /** Kill -9 to one node. */
    public void kill(int index) {
        node(index).kill();
    }

    /** Starts a killed node again, on the same port; returns when it answers. See {@link #awaitComplete()}. */
    public void restart(int index) {
        node(index).start();
    }

    /** Stops one node where it stands (SIGSTOP). */
    public void pause(int index) {
        node(index).pause();
    }

    /** Lets a paused node go on. */
    public void resume(int index) {
        node(index).resume();
    }

    /** Returns the slot of a key. */
    public int slot(String key) {
        return Integer.parseInt(onAnyNode(node -> node.text("CLUSTER", "KEYSLOT", key)));
    }

    /**
     * Returns the index of the node that serves a slot, as the first node that answers sees it.
     *
     * @throws IllegalStateException if no node answers, or none serves the slot
     */
    public int owner(int slot) {
        requireSlot(slot);
        return onAnyNode(node -> node.text("CLUSTER", "NODES"))
                .lines()
                .filter(line -> serves(line, slot))
                .map(RedisCluster::clientPort)
                .flatMap(port -> nodes.stream().filter(node -> node.port() == port))
                .map(nodes::indexOf)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("redis cluster: no node serves slot " + slot));
    }

    /** Moves a slot and its keys to another master: the old one answers MOVED from then on. */
    public void moveSlot(int slot, int from, int to) {
        beginMove(slot, from, to);
        moveKeys(slot, from, to);
        endMove(slot, from, to);
    }

    /** Opens a slot for a move: the old master answers ASK for keys that it does not hold. */
    public void beginMove(int slot, int from, int to) {
        requireSlot(slot);
        onNode(to, node -> node.text("CLUSTER", "SETSLOT", "" + slot, "IMPORTING", id(from)));
        onNode(from, node -> node.text("CLUSTER", "SETSLOT", "" + slot, "MIGRATING", id(to)));
    }

    /** Moves the keys of an open slot: the old master answers ASK for each of them. */
    public void moveKeys(int slot, int from, int to) {
        onNode(from, node -> {
            List<String> keys = node.call("CLUSTER", "GETKEYSINSLOT", "" + slot, "" + KEYS_AT_ONCE);
            while (!keys.isEmpty()) {
                List<String> migrate =
                        new ArrayList<>(List.of("MIGRATE", "127.0.0.1", "" + port(to), "", "0", MIGRATE_MILLIS));
                String password = node(to).password();
                if (password != null) {
                    migrate.addAll(List.of("AUTH", password));
                }
                migrate.add("KEYS");
                migrate.addAll(keys);
                node.call(migrate.toArray(String[]::new));
                keys = node.call("CLUSTER", "GETKEYSINSLOT", "" + slot, "" + KEYS_AT_ONCE);
            }
            return "";
        });
    }

    /** Gives an open slot to its new master; returns when every node that answers knows. */
    public void endMove(int slot, int from, int to) {
        String owner = id(to);
        // The new one first: were it the other way about, nobody would own the slot for a moment.
        for (int index : List.of(to, from)) {
            onNode(index, node -> node.text("CLUSTER", "SETSLOT", "" + slot, "NODE", owner));
        }
        Polling.until("redis cluster: everybody knows that node " + to + " serves slot " + slot, PATIENCE, () -> {
            for (RedisServer server : nodes) {
                if (!knowsOwner(server, slot, owner)) {
                    return "node on port " + server.port() + " does not";
                }
            }
            return null;
        });
    }

    private static boolean knowsOwner(RedisServer server, int slot, String owner) {
        try (RedisConnection node = server.connect()) {
            return node.text("CLUSTER", "NODES").lines().anyMatch(line -> line.startsWith(owner) && serves(line, slot));
        } catch (IOException e) {
            // It learns it from the others when it is back.
            return true;
        }
    }

    /**
     * Waits until every node answers, knows all the others, and says that every slot is served.
     *
     * @throws IllegalStateException if that is not so within 60 s; the message says what is missing
     */
    public void awaitComplete() {
        Polling.until("redis cluster complete", PATIENCE, () -> {
            for (RedisServer server : nodes) {
                try (RedisConnection node = server.connect()) {
                    Map<String, String> info = node.properties("CLUSTER", "INFO");
                    boolean complete = "ok".equals(info.get("cluster_state"))
                            && ("" + SLOTS).equals(info.get("cluster_slots_ok"))
                            && ("" + nodes.size()).equals(info.get("cluster_known_nodes"));
                    if (!complete) {
                        return "node on port " + server.port() + " says " + info;
                    }
                    String unsure = node.text("CLUSTER", "NODES")
                            .lines()
                            .filter(line -> line.contains("fail") || line.contains("handshake"))
                            .collect(Collectors.joining("; "));
                    if (!unsure.isEmpty()) {
                        return "node on port " + server.port() + " sees " + unsure;
                    }
                }
            }
            return null;
        });
    }

    /** Stops all nodes and removes their data. Idempotent. */
    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
    }

    private void form(int masters) {
        for (int i = 0; i < nodes.size(); i++) {
            int index = i;
            onNode(i, node -> {
                // An epoch of its own for each, else they quarrel until each has taken one; only before they meet.
                node.text("CLUSTER", "SET-CONFIG-EPOCH", "" + (index + 1));
                if (index < masters) {
                    int first = index * SLOTS / masters;
                    int last = (index + 1) * SLOTS / masters - 1;
                    node.text("CLUSTER", "ADDSLOTSRANGE", "" + first, "" + last);
                }
                return "";
            });
        }
        for (RedisServer other : nodes.subList(1, nodes.size())) {
            String bus = onNode(
                    nodes.indexOf(other),
                    node -> node.call("CONFIG", "GET", "cluster-port").get(1));
            onNode(0, node -> node.text("CLUSTER", "MEET", "127.0.0.1", "" + other.port(), bus));
        }
        awaitComplete();
        for (int i = masters; i < nodes.size(); i++) {
            String master = id(i % masters);
            onNode(i, node -> node.text("CLUSTER", "REPLICATE", master));
        }
        if (masters < nodes.size()) {
            nodes.subList(masters, nodes.size()).forEach(RedisServer::awaitInSync);
            awaitReplicasKnown(nodes.size() - masters);
        }
    }

    // Clients ask any node who replicates whom.
    private void awaitReplicasKnown(int replicas) {
        Polling.until("redis cluster: every node knows the " + replicas + " replicas", PATIENCE, () -> {
            for (RedisServer server : nodes) {
                try (RedisConnection node = server.connect()) {
                    String known = node.text("CLUSTER", "NODES");
                    if (known.lines().filter(line -> line.contains("slave")).count() < replicas) {
                        return "node on port " + server.port() + " sees " + known;
                    }
                }
            }
            return null;
        });
    }

    private String id(int index) {
        return onNode(index, node -> node.text("CLUSTER", "MYID"));
    }

    private static void requireSlot(int slot) {
        if (slot < 0 || slot >= SLOTS) {
            throw new IllegalArgumentException("slot must be 0 to " + (SLOTS - 1) + ", was " + slot);
        }
    }

    /** Whether a line of CLUSTER NODES, {@code id ip:port@bus flags master ping pong epoch link slots...}, has it. */
    private static boolean serves(String line, int slot) {
        return Arrays.stream(line.split(" ", -1))
                .skip(8)
                // [slot->-id] and [slot-<-id] are on their way.
                .filter(range -> !range.startsWith("[") && !range.isEmpty())
                .map(range -> range.split("-", -1))
                .anyMatch(range ->
                        Integer.parseInt(range[0]) <= slot && slot <= Integer.parseInt(range[range.length - 1]));
    }

    private static int clientPort(String line) {
        String address = line.split(" ", -1)[1];
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1, address.indexOf('@')));
    }

    @FunctionalInterface
    private interface Conversation {
        String with(RedisConnection node) throws IOException;
    }

    private String onNode(int index, Conversation conversation) {
        try (RedisConnection node = node(index).connect()) {
            return conversation.with(node);
        } catch (IOException e) {
            throw new UncheckedIOException("redis cluster: node " + index + " on port " + port(index), e);
        }
    }

    private String onAnyNode(Conversation conversation) {
        IOException last = null;
        for (RedisServer server : nodes) {
            try (RedisConnection node = server.connect()) {
                return conversation.with(node);
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IllegalStateException("redis cluster: none of " + nodes.size() + " nodes answers", last);
    }
}
