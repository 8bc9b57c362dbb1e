package dev.wellhead.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A few threads of which one runs at a time, and at which step of the code under test another goes on. Code that {@link
 * InterleavingLoader} has loaded calls {@link #point} before each access to memory that threads share.
 */
public final class Interleaving {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static volatile Interleaving current;

    /** At this step, counted over all threads, the next one goes on. */
    private final List<Integer> switches;

    private final List<Actor> actors = new ArrayList<>();
    private volatile int running;
    // Of the thread that runs.
    private int steps;
    private int switched;
    private volatile Throwable failure;

    private final class Actor extends Thread {
        private final int index;
        private final Runnable part;
        private volatile boolean ended;

        Actor(int index, Runnable part) {
            super("actor-" + index);
            setDaemon(true);
            this.index = index;
            this.part = part;
        }

        @Override
        public void run() {
            try {
                awaitTurn(this);
                part.run();
            } catch (Throwable e) {
                failure = e;
            } finally {
                ended = true;
                next(index);
            }
        }
    }

    private Interleaving(int first, List<Integer> switches) {
        this.running = first;
        this.switches = switches;
    }

    /**
     * Runs the parts, beginning with this one; returns how many steps there were.
     *
     * @param switches the steps before which the next thread goes on, ascending
     */
    public static int run(int first, List<Integer> switches, Runnable... parts) {
        Interleaving run = new Interleaving(first, switches);
        for (int i = 0; i < parts.length; i++) {
            run.actors.add(run.new Actor(i, parts[i]));
        }
        current = run;
        try {
            run.actors.forEach(Thread::start);
            for (Actor actor : run.actors) {
                actor.join(TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
                if (!actor.ended) {
                    throw new AssertionError("hangs: " + actor + " at " + List.of(actor.getStackTrace()));
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            current = null;
        }
        if (run.failure != null) {
            throw new AssertionError(run.failure);
        }
        return run.steps;
    }

    /** Called by the code under test before an access to shared memory. */
    public static void point() {
        Interleaving run = current;
        if (run != null && Thread.currentThread() instanceof Actor actor) {
            run.step(actor);
        }
    }

    /** Called before a lock is taken: if another thread has it, that one goes on. */
    public static void beforeLock(ReentrantLock lock) {
        Interleaving run = current;
        if (run != null && Thread.currentThread() instanceof Actor actor) {
            run.step(actor);
            while (lock.isLocked() && !lock.isHeldByCurrentThread()) {
                run.next(actor.index);
                run.awaitTurn(actor);
            }
        }
    }

    private void step(Actor actor) {
        steps++;
        if (switched < switches.size() && switches.get(switched) == steps) {
            switched++;
            next(actor.index);
            awaitTurn(actor);
        }
    }

    /** Lets the next thread go on that has not ended, in a circle. */
    private void next(int from) {
        for (int i = 1; i <= actors.size(); i++) {
            Actor next = actors.get((from + i) % actors.size());
            if (!next.ended) {
                running = next.index;
                LockSupport.unpark(next);
                return;
            }
        }
    }

    private void awaitTurn(Actor actor) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (running != actor.index) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("never its turn: " + actor);
            }
            LockSupport.parkNanos(this, PATIENCE_NANOS);
        }
    }
}
