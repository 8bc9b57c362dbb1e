package dev.wellhead.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the keys of every master of a cluster, and follows the slots from one to another. */
final class ClusterTracking implements Tracking {
    /*
     *   closed -> open    each master is watched, and each slot has one
     *   open -> closed    a watch was lost, or there is a master that is not watched yet
     *
     * All fields belong to `serial`, which also calls opened(), lost() and refused().
     *
     * A slot that moves between two watched masters loses nothing: both speak. That there is a new master is told by the
     * cluster's epoch, which comes with each heartbeat: until then its changes go unheard, like those of a dead connection.
     */
    private static final Logger LOG = LoggerFactory.getLogger(ClusterTracking.class);
    private static final int SLOTS = 16384;
    private static final int LOOKS_PER_REFRESH = 3;
    private static final String EPOCH = "cluster_current_epoch:";

    private final Serial serial = new Serial();
    private final Threads threads;
    private final ClusterLink link;
    private final Feeds feeds;
    private final String prefix;
    private final Listener receiver;

    private final Map<String, TrackingFeed> watches = new HashMap<>();
    private final Set<String> armed = new HashSet<>();
    private long epoch;
    private int looks;
    private boolean complete;
    private boolean open;
    private boolean closed;
    private boolean refusalTold;

    ClusterTracking(Threads threads, ClusterLink link, Feeds feeds, String prefix, Listener receiver) {
        this.threads = threads;
        this.link = link;
        this.feeds = feeds;
        this.prefix = prefix;
        this.receiver = receiver;
    }

    ClusterTracking begin() {
        threads.schedule(this::look, 0);
        return this;
    }

    private void look() {
        serial.execute(() -> {
            if (closed) {
                return;
            }
            follow();
            if (!open && ++looks % LOOKS_PER_REFRESH == 0) {
                refresh();
            }
            threads.schedule(this::look, feeds.beatNanos());
        });
    }

    private void refresh() {
        link.refresh().whenComplete((done, error) -> serial.execute(this::follow));
    }

    /** A slot that got another master, or a master that got a slot, makes the epoch of the cluster rise. */
    private CompletionStage<?> beat(StatefulRedisConnection<byte[], byte[]> watched) {
        return watched.async()
                .clusterInfo()
                .thenAccept(info -> serial.execute(() -> {
                    long said = info.lines()
                            .filter(line -> line.startsWith(EPOCH))
                            .mapToLong(line -> Long.parseLong(line.substring(EPOCH.length())))
                            .findFirst()
                            .orElse(0);
                    if (said > epoch && !closed) {
                        epoch = said;
                        refresh();
                    }
                }));
    }

    private void follow() {
        if (closed) {
            return;
        }
        Map<String, RedisClusterNode> masters = link.masters().stream()
                .collect(Collectors.toMap(RedisClusterNode::getNodeId, master -> master, (one, same) -> one));
        Set.copyOf(watches.keySet()).stream()
                .filter(id -> !masters.containsKey(id))
                .forEach(this::unwatch);
        masters.forEach((id, master) -> watches.computeIfAbsent(
                id, absent -> feeds.track(link.uri(master), prefix, new Watch(id), this::beat)));
        complete = masters.values().stream()
                        .mapToInt(master -> master.getSlots().size())
                        .sum()
                == SLOTS;
        judge();
    }

    /** The slots have gone to somebody else; what was said between the two is lost unless that one was watched. */
    private void unwatch(String id) {
        TrackingFeed watch = watches.remove(id);
        armed.remove(id);
        if (watch != null) {
            feeds.stop(watch);
        }
    }

    private void judge() {
        boolean now = complete && !closed && armed.containsAll(watches.keySet());
        if (now != open) {
            open = now;
            if (open) {
                refusalTold = false;
                tell(receiver::opened);
            } else if (!closed) {
                tell(receiver::lost);
            }
        }
    }

    private void tell(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            LOG.error("{} failed", receiver.getClass().getName(), e);
        }
    }

    @Override
    public void close() {
        serial.execute(() -> {
            closed = true;
            open = false;
            Set.copyOf(watches.keySet()).forEach(this::unwatch);
        });
    }

    /** One master. */
    private final class Watch implements Listener {
        private final String id;

        Watch(String id) {
            this.id = id;
        }

        @Override
        public void invalidated(byte[] key) {
            receiver.invalidated(key);
        }

        @Override
        public void flushed() {
            receiver.flushed();
        }

        @Override
        public void opened() {
            serial.execute(() -> {
                if (watches.containsKey(id)) {
                    armed.add(id);
                    judge();
                }
            });
        }

        @Override
        public void lost() {
            serial.execute(() -> {
                armed.remove(id);
                judge();
            });
        }

        @Override
        public void refused(RedisUnavailableException why) {
            serial.execute(() -> {
                if (!refusalTold && !closed) {
                    refusalTold = true;
                    tell(() -> receiver.refused(why));
                }
            });
        }
    }
}
