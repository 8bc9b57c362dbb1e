package dev.wellhead.cache;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Lets one caller of this process fetch a key while the others wait for what it gets. */
final class Flights<I> {
    /*
     * A flight is in the map from its first caller until it lands, or until it is detached. The first caller leads: it runs
     * the body in its own thread, holding nothing. Who finds a flight joins it.
     *
     *   flying -> landed    the leader removes the flight, then completes it: who is told starts afresh if it asks again
     *   flying -> detached  an invalidation removes it; it flies on for those who joined before, nobody joins it any more
     *   flying -> landed    close() completes it with CLOSED; what the leader brings later is its own
     *
     * The future is completed exactly once; completing it publishes the value to those who joined.
     *
     * Waiting in a circle: `joined` says which flight a thread waits for. A thread enters itself there before it looks
     * along the chain flight -> leader -> flight ..., so of the threads that would close a circle the last one to enter
     * sees all of it. A flight that has landed ends the chain: its leader may be anywhere by now.
     */
    private final String cache;
    private final ConcurrentHashMap<I, Flight> flights = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Thread, Flight> joined = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** What a leader does. */
    @FunctionalInterface
    interface Body<V extends @Nullable Object, E extends Exception> {
        V run() throws E;
    }

    private record Flight(Thread leader, CompletableFuture<Landing> landing) {}

    /** How a flight ended; a wrapper, since a future changes some exceptions on their way. */
    private sealed interface Landing {}

    private record Arrived(@Nullable Object value) implements Landing {}

    private record Crashed(Throwable error) implements Landing {}

    /** The leader was interrupted, which is nobody's business but its own: the others try again. */
    private record Deserted() implements Landing {}

    Flights(String cache) {
        this.cache = cache;
    }

    /**
     * Runs the body, or waits for the flight of somebody else.
     *
     * @param joining run once before each wait
     * @throws CacheException if the wait is interrupted, could never end, or the flights are closed
     */
    // A flight carries what the body for the same key of the same cache returned: a V, and null only if V may be null.
    @SuppressWarnings({"unchecked", "NullAway"})
    <V extends @Nullable Object, E extends Exception> V fly(I key, Runnable joining, Body<V, E> body) throws E {
        while (true) {
            Flight mine = new Flight(Thread.currentThread(), new CompletableFuture<>());
            Flight other = flights.putIfAbsent(key, mine);
            if (other == null) {
                return lead(key, mine, body);
            }
            Landing landing = join(other, joining);
            if (landing instanceof Arrived arrived) {
                return (V) arrived.value();
            }
            if (landing instanceof Crashed crashed) {
                throw Flights.<RuntimeException>unchanged(crashed.error());
            }
        }
    }

    /**
     * Notes that this thread, which leads a flight, waits for a load of another thread of this process, until {@link
     * #landed}: the flight of that load was detached, so the two meet only in Redis.
     *
     * @throws CacheException if that load waits for this thread
     */
    void waitFor(Thread leader) {
        Thread me = Thread.currentThread();
        Flight flight = new Flight(leader, new CompletableFuture<>());
        joined.put(me, flight);
        if (waitsForItself(me, flight)) {
            joined.remove(me);
            throw CacheException.recursion(cache);
        }
    }

    /** Ends what {@link #waitFor} began. */
    void landed() {
        joined.remove(Thread.currentThread());
    }

    /** Later callers start a flight of their own. */
    void detach(I key) {
        flights.remove(key);
    }

    /** Later callers start flights of their own. */
    void detachAll() {
        flights.clear();
    }

    /** Releases all who wait, and lets nobody wait any more. */
    void close() {
        closed = true;
        CacheException reason = CacheException.closed(cache);
        for (Flight flight : List.copyOf(flights.values())) {
            flight.landing().complete(new Crashed(reason));
        }
        joined.values().forEach(flight -> flight.landing().complete(new Crashed(reason)));
    }

    private <V extends @Nullable Object, E extends Exception> V lead(I key, Flight mine, Body<V, E> body) throws E {
        Landing landing = new Deserted();
        try {
            if (closed) {
                throw CacheException.closed(cache);
            }
            V value = body.run();
            landing = new Arrived(value);
            return value;
        } catch (Throwable e) {
            if (!isInterruption(e)) {
                landing = new Crashed(e);
            }
            throw e;
        } finally {
            flights.remove(key, mine);
            mine.landing().complete(landing);
        }
    }

    private Landing join(Flight flight, Runnable joining) {
        Thread me = Thread.currentThread();
        joined.put(me, flight);
        try {
            if (waitsForItself(me, flight)) {
                throw CacheException.recursion(cache);
            }
            if (closed) {
                throw CacheException.closed(cache);
            }
            joining.run();
            return flight.landing().get();
        } catch (InterruptedException e) {
            throw CacheException.interrupted(cache, e);
        } catch (ExecutionException e) {
            throw new AssertionError("a flight completes with a landing", e);
        } finally {
            joined.remove(me);
        }
    }

    private boolean waitsForItself(Thread me, Flight first) {
        Flight flight = first;
        while (flight != null) {
            Flight next = joined.get(flight.leader());
            if (flight.landing().isDone()) {
                return false;
            }
            if (flight.leader() == me) {
                return true;
            }
            flight = next;
        }
        return false;
    }

    private static boolean isInterruption(Throwable error) {
        return error instanceof InterruptedException || Thread.currentThread().isInterrupted();
    }

    /** Throws any exception as it is. The caller declares what its own loader may throw; this may be another's. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException unchanged(Throwable error) throws E {
        throw (E) error;
    }
}
