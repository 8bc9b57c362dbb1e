package dev.wellhead.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The connections for commands. Commands are rejected while there is none, none is sent twice, lost connections come back
 * within half a second of Redis, and the first one is tried for until it is made, which Lettuce by itself does not do.
 */
interface Link extends AutoCloseable {
    /** Who hears of connections. Called from the client's threads. */
    interface Watcher {
        /** The server is there, or there again: it should be asked how it is. */
        void connected(Server server);

        /** Every server that is known at the start has been reported. */
        void complete();
    }

    /** Makes the first connection, in the background; tries again until it is made or the link is closed. */
    void connect(Watcher watcher);

    /**
     * Returns where commands go, by key if there are several servers.
     *
     * @throws io.lettuce.core.RedisConnectionException if there never was a connection; says why
     */
    RedisClusterAsyncCommands<byte[], byte[]> commands();

    /** Returns a connection to this very server, which need not be the one that callers use. */
    CompletionStage<? extends RedisClusterAsyncCommands<byte[], byte[]>> commands(Server server);

    /**
     * Returns the server of these keys, or of commands whose keys are not known.
     *
     * @throws RedisUnavailableException if no server has them all
     */
    Server serverOf(List<byte[]> keys);

    /** Returns a key that leads commands to the server, or null if none was found. */
    byte @Nullable [] keyOf(Server server);

    Collection<Server> servers();

    /** Returns whether the server is still one that commands go to. */
    boolean knows(Server server);

    /**
     * Called when a server does not answer on its connection, or answers that it is not the master: looks who is, and
     * makes a new connection in place of one that may be dead without knowing it.
     */
    void mend(Server server);

    boolean isConnected();

    /** Returns whether keys have slots. */
    boolean isCluster();

    /** Host and port, or what they are found by: an address carries no secret. */
    String address();

    /** Returns the address of a server that passes on what is published anywhere. */
    RedisURI anyServer();

    /** Watches the keys of all servers. */
    Tracking track(Feeds feeds, String prefix, Tracking.Listener receiver);

    @Override
    void close();
}
