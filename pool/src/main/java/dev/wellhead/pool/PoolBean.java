package dev.wellhead.pool;

import dev.wellhead.core.Health;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pool as JMX sees it. Loaded only for pools that are to be seen, as the module java.management may be absent. */
final class PoolBean implements PoolMXBean {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private final ConnectionPool pool;
    private final String name;

    private PoolBean(ConnectionPool pool, String name) {
        this.pool = pool;
        this.name = name;
    }

    /**
     * Registers the pool.
     *
     * @return what takes it away again; idempotent
     * @throws IllegalStateException if the name is taken, or JMX refuses
     */
    static Runnable register(ConnectionPool pool, String name) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName registered = new ObjectName("dev.wellhead:type=ConnectionPool,name=" + ObjectName.quote(name));
            server.registerMBean(new PoolBean(pool, name), registered);
            AtomicBoolean there = new AtomicBoolean(true);
            return () -> {
                // Once only: later the name may be another pool's.
                if (there.getAndSet(false)) {
                    unregister(server, registered);
                }
            };
        } catch (InstanceAlreadyExistsException e) {
            throw new IllegalStateException(
                    "pool '" + name + "': jmx has a pool of this name already; give each pool its own name, and close"
                            + " those that are replaced",
                    e);
        } catch (JMException e) {
            throw new IllegalStateException("pool '" + name + "' cannot be registered with jmx: " + e.getMessage(), e);
        }
    }

    private static void unregister(MBeanServer server, ObjectName registered) {
        try {
            server.unregisterMBean(registered);
        } catch (JMException e) {
            LOG.warn("{} cannot be unregistered", registered, e);
        }
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getHealth() {
        Health health = pool.health();
        return health.status() + ": " + health.detail();
    }

    @Override
    public String[] getBorrowed() {
        return pool.borrowed().stream().map(BorrowedConnection::toString).toArray(String[]::new);
    }

    @Override
    public int getSize() {
        return pool.stats().size();
    }

    @Override
    public int getActive() {
        return pool.stats().active();
    }

    @Override
    public int getIdle() {
        return pool.stats().idle();
    }

    @Override
    public int getConnecting() {
        return pool.stats().connecting();
    }

    @Override
    public int getWaiting() {
        return pool.stats().waiting();
    }

    @Override
    public int getMaxSize() {
        return pool.stats().maxSize();
    }

    @Override
    public long getAcquired() {
        return pool.stats().acquired();
    }

    @Override
    public long getTimeouts() {
        return pool.stats().timeouts();
    }

    @Override
    public long getRejected() {
        return pool.stats().rejected();
    }

    @Override
    public long getCreated() {
        return pool.stats().created();
    }

    @Override
    public long getConnectFailures() {
        return pool.stats().connectFailures();
    }

    @Override
    public long getDiscarded() {
        return pool.stats().discarded();
    }

    @Override
    public long getLeaksReported() {
        return pool.stats().leaksReported();
    }

    @Override
    public long getReclaimed() {
        return pool.stats().reclaimed();
    }

    @Override
    public void resize(int maxSize) {
        pool.resize(maxSize);
    }

    @Override
    public void suspend(long atMostSeconds) {
        pool.suspend(Duration.ofSeconds(atMostSeconds));
    }

    @Override
    public void resume() {
        pool.resume();
    }

    @Override
    public void evict() {
        pool.evict();
    }
}
