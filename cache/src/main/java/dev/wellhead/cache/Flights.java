package dev.wellhead.cache;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
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

    /** A fetch under way. */
    static final class Flight {
        private final CompletableFuture<Landing> landing = new CompletableFuture<>();
        // Null while no thread runs it: it waits to be launched, or for an answer.
        private volatile @Nullable Thread leader;

        Flight(@Nullable Thread leader) {
            this.leader = leader;
        }

        /** Is done when it has landed; never fails. */
        CompletableFuture<Landing> landing() {
            return landing;
        }

        /** Notes which thread runs it now, if any, so that circles of waiting are seen. */
        void ledBy(@Nullable Thread thread) {
            leader = thread;
        }
    }

    /** How a flight ended; a wrapper, since a future changes some exceptions on their way. */
    sealed interface Landing {}

    /** It brought a value. */
    record Arrived(@Nullable Object value) implements Landing {}

    /** It failed, and so do those who joined. */
    record Crashed(Throwable error) implements Landing {}

    /** It ended for reasons that are nobody's business but its leader's: the others try again. */
    record Deserted() implements Landing {}

    /** Has a flight run by another thread, or says why it cannot. */
    interface Launcher {
        void launch(Runnable run, Consumer<Throwable> failed);
    }

    /** How long to wait for a flight in another thread. */
    interface Patience {
        /** Nothing came in time, so often: returns how many nanoseconds to wait further; throws to stop waiting. */
        long next(int timeouts);
    }

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
            Flight mine = new Flight(Thread.currentThread());
            Flight other = flights.putIfAbsent(key, mine);
            if (other == null) {
                return lead(key, mine, body);
            }
            Landing landing = join(other, joining);
            if (landing instanceof Arrived arrived) {
                return (V) arrived.value();
            }
            if (landing instanceof Crashed crashed) {
                throw unchanged(crashed.error());
            }
        }
    }

    /**
     * Like {@link #fly}, but the body runs in another thread and goes on when the caller has left.
     *
     * @return empty if the caller's patience ended the wait, by returning zero
     */
    @SuppressWarnings("NullAway") // As above.
    Optional<Arrived> flyApart(I key, Runnable joining, Launcher launcher, Patience patience, Body<?, ?> body) {
        while (true) {
            Flight mine = new Flight(null);
            Flight other = flights.putIfAbsent(key, mine);
            if (other == null) {
                launcher.launch(() -> leadApart(key, mine, body), why -> land(key, mine, new Crashed(why)));
            }
            Landing landing = joinPatiently(other == null ? mine : other, other == null ? () -> {} : joining, patience);
            if (landing == null) {
                return Optional.empty();
            }
            if (landing instanceof Arrived arrived) {
                return Optional.of(arrived);
            }
            if (landing instanceof Crashed crashed) {
                throw unchanged(crashed.error());
            }
        }
    }

    /** Starts a flight that the caller must {@link #land}; returns null if there is one for the key. */
    @Nullable Flight tryLead(I key, @Nullable Thread leader) {
        Flight mine = new Flight(leader);
        return enter(key, mine) == null ? mine : null;
    }

    /** Starts this flight, which the caller must {@link #land}, unless there is one for the key: then returns that. */
    @Nullable Flight enter(I key, Flight mine) {
        return flights.putIfAbsent(key, mine);
    }

    /** Returns the flight for the key, if there is one. */
    @Nullable Flight current(I key) {
        return flights.get(key);
    }

    /** Ends a flight. */
    void land(I key, Flight flight, Landing landing) {
        flights.remove(key, flight);
        flight.landing.complete(landing);
    }

    /**
     * Notes that this thread, which leads a flight, waits for a load of another thread of this process, until {@link
     * #landed}: the flight of that load was detached, so the two meet only in Redis. Once the load has {@link #ended}, its
     * thread may be anywhere.
     *
     * @throws CacheException if that load waits for this thread
     */
    void waitFor(Flight load) {
        Thread me = Thread.currentThread();
        joined.put(me, load);
        if (waitsForItself(me, load)) {
            joined.remove(me);
            throw CacheException.recursion(cache);
        }
    }

    /** A load of this thread's that others may {@link #waitFor}. */
    static Flight load(Thread leader) {
        return new Flight(leader);
    }

    static void ended(Flight load) {
        load.landing.complete(new Deserted());
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

    boolean isClosed() {
        return closed;
    }

    /** Releases all who wait, and lets nobody wait any more. */
    void close() {
        closed = true;
        CacheException reason = CacheException.closed(cache);
        for (Flight flight : List.copyOf(flights.values())) {
            flight.landing.complete(new Crashed(reason));
        }
        joined.values().forEach(flight -> flight.landing.complete(new Crashed(reason)));
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
            land(key, mine, landing);
        }
    }

    private void leadApart(I key, Flight mine, Body<?, ?> body) {
        mine.ledBy(Thread.currentThread());
        Landing landing = new Deserted();
        try {
            landing = new Arrived(body.run());
        } catch (Throwable e) {
            if (!isInterruption(e)) {
                landing = new Crashed(e);
            }
        } finally {
            land(key, mine, landing);
        }
    }

    private @Nullable Landing joinPatiently(Flight flight, Runnable joining, Patience patience) {
        for (int timeouts = 0; ; timeouts++) {
            long nanos = patience.next(timeouts);
            if (nanos == 0) {
                return null;
            }
            Landing landing = join(flight, timeouts == 0 ? joining : () -> {}, nanos);
            if (landing != null) {
                return landing;
            }
        }
    }

    /**
     * Waits for a flight of somebody else.
     *
     * @param joining run before the wait
     * @throws CacheException if the wait is interrupted, could never end, or the flights are closed
     */
    @SuppressWarnings("NullAway") // Only a bounded wait ends without a landing.
    Landing join(Flight flight, Runnable joining) {
        return join(flight, joining, Long.MAX_VALUE);
    }

    private @Nullable Landing join(Flight flight, Runnable joining, long nanos) {
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
            return flight.landing.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
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
            Thread leader = flight.leader;
            Flight next = leader == null ? null : joined.get(leader);
            if (flight.landing.isDone()) {
                return false;
            }
            if (leader == me) {
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
    static RuntimeException unchanged(Throwable error) {
        throw Flights.<RuntimeException>sneaky(error);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(Throwable error) throws E {
        throw (E) error;
    }
}
