package dev.wellhead.cache;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Decides which thread, message or alarm is next, and what time it is, by a seed: equal seeds are equal runs. */
final class Simulation {
    /*
     * One thread runs at a time: the one that drives, or the task that it has given the turn to until that waits or comes
     * to a point where another may go first. `running` says who has the turn; handing it over is the happens-before edge.
     */
    private static final long STEP_NANOS = 40_000;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final double PREEMPTED = 0.25;
    private static final double IN_A_THREAD_OF_ITS_OWN = 0.25;
    private static final ExecutorService THREADS =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), body -> {
                Thread thread = new Thread(body, "simulated");
                thread.setDaemon(true);
                return thread;
            });
    private static volatile Simulation current;

    private final Random random;
    private final Thread driver = Thread.currentThread();
    private final List<Task> tasks = new ArrayList<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private volatile Task running;
    private volatile boolean over;
    private long nanos;
    private long numbers;
    private String wrong;

    private record Alarm(long at, long number, Runnable action) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    /** Ends a thread that is left over. */
    private static final class Over extends Error {
        private static final long serialVersionUID = 1L;

        Over() {
            super("the run is over", null, false, false);
        }
    }

    Simulation(long seed) {
        random = new Random(seed);
        current = this;
    }

    static Simulation current() {
        return current;
    }

    Random random() {
        return random;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Returns any duration below this one. */
    long upTo(long bound) {
        return (long) (random.nextDouble() * bound);
    }

    long nanos() {
        return nanos;
    }

    boolean isOver() {
        return over;
    }

    /** Notes what went wrong; the first counts. */
    void fail(String what) {
        if (wrong == null) {
            wrong = what;
        }
    }

    /** What happens in order, each thing at some time. */
    final class Lane {
        private final Deque<Runnable> waiting = new ArrayDeque<>();
        private long notBefore;
        private boolean busy;

        Lane() {
            lanes.add(this);
        }

        void add(Runnable event) {
            waiting.addLast(event);
        }

        void holdUp(long byNanos) {
            notBefore = Math.max(notBefore, nanos + byNanos);
        }

        /** Drops all but the first ones. */
        void keep(int first) {
            while (waiting.size() > first) {
                waiting.removeLast();
            }
        }

        int size() {
            return waiting.size();
        }

        private boolean isReady() {
            return !busy && !waiting.isEmpty() && notBefore <= nanos;
        }

        private void run() {
            Runnable event = waiting.removeFirst();
            if (!chance(IN_A_THREAD_OF_ITS_OWN)) {
                event.run();
                return;
            }
            busy = true;
            start("event", () -> {
                try {
                    event.run();
                } finally {
                    busy = false;
                }
            });
        }
    }

    private final class Task implements Runnable {
        private final String name;
        private final Runnable body;
        private volatile Thread thread;
        private volatile boolean ended;
        private BooleanSupplier awaited = () -> true;
        private long deadline = Long.MAX_VALUE;

        Task(String name, Runnable body) {
            this.name = name;
            this.body = body;
        }

        @Override
        public void run() {
            thread = Thread.currentThread();
            try {
                body.run();
            } catch (Over e) {
                // As it should.
                return;
            } catch (Throwable e) {
                fail(name + " threw " + e + " at "
                        + List.of(e.getStackTrace()).subList(0, Math.min(12, e.getStackTrace().length)));
            } finally {
                ended = true;
                giveBack();
            }
        }

        private boolean isReady() {
            return deadline <= nanos || awaited.getAsBoolean();
        }

        private void await(BooleanSupplier condition, long until) {
            if (over) {
                throw new Over();
            }
            awaited = condition;
            deadline = until;
            giveBack();
            while (running != this) {
                LockSupport.park(this);
                if (over) {
                    throw new Over();
                }
            }
            awaited = () -> true;
            deadline = Long.MAX_VALUE;
        }

        private void giveBack() {
            if (running == this) {
                running = null;
                LockSupport.unpark(driver);
            }
        }

        private void resume() {
            running = this;
            if (thread == null) {
                THREADS.execute(this);
            } else {
                LockSupport.unpark(thread);
            }
            long since = System.nanoTime();
            while (running != null) {
                LockSupport.parkNanos(this, STUCK_NANOS);
                if (System.nanoTime() - since > STUCK_NANOS) {
                    StringBuilder where = new StringBuilder(name + " waits outside of the simulation:");
                    for (StackTraceElement frame : thread.getStackTrace()) {
                        where.append("\n  ").append(frame);
                    }
                    throw new IllegalStateException(where.toString());
                }
            }
        }
    }

    /** Starts a thread. */
    void start(String name, Runnable body) {
        if (!over) {
            tasks.add(new Task(name, body));
        }
    }

    /** Does something later. */
    void after(long delay, Runnable action) {
        if (!over) {
            alarms.add(new Alarm(nanos + Math.max(0, delay), ++numbers, action));
        }
    }

    /** Waits in a thread of the simulation; at once fails in any other, which must not block. */
    void await(BooleanSupplier condition, long atMostNanos) {
        if (condition.getAsBoolean()) {
            point();
            return;
        }
        Task me = running;
        if (over) {
            throw new Over();
        }
        if (me == null || me.thread != Thread.currentThread()) {
            throw new IllegalStateException("a thread that must not block waits");
        }
        me.await(condition, atMostNanos > Long.MAX_VALUE - nanos ? Long.MAX_VALUE : nanos + atMostNanos);
    }

    void pause(long forNanos) {
        await(() -> false, forNanos);
    }

    /** Others may go first. */
    void point() {
        Task me = running;
        if (!over && me != null && me.thread == Thread.currentThread() && chance(PREEMPTED)) {
            me.await(() -> true, Long.MAX_VALUE);
        }
    }

    /** Goes on until the condition holds; fails if it does not by then. Returns whether all is well. */
    boolean runUntil(String what, BooleanSupplier condition, long withinNanos) {
        long end = nanos + withinNanos;
        while (wrong == null && !condition.getAsBoolean()) {
            if (nanos > end) {
                fail(what + " not within " + TimeUnit.NANOSECONDS.toMillis(withinNanos) + " ms; left: "
                        + tasks.stream().map(task -> task.name).toList());
                break;
            }
            step(end);
        }
        return wrong == null;
    }

    boolean run(long forNanos) {
        long end = nanos + forNanos;
        return runUntil("the end", () -> nanos >= end, Long.MAX_VALUE / 4);
    }

    private void step(long end) {
        List<Object> ready = new ArrayList<>();
        for (Task task : tasks) {
            if (task.isReady()) {
                ready.add(task);
            }
        }
        for (Lane lane : lanes) {
            if (lane.isReady()) {
                ready.add(lane);
            }
        }
        if (!alarms.isEmpty() && alarms.peek().at() <= nanos) {
            ready.add(alarms);
        }
        if (ready.isEmpty()) {
            nanos = Math.max(nanos + 1, Math.min(end + 1, nextTime()));
            return;
        }
        nanos += upTo(STEP_NANOS);
        Object next = ready.get(random.nextInt(ready.size()));
        try {
            if (next instanceof Task task) {
                task.resume();
                if (task.ended) {
                    tasks.remove(task);
                }
            } else if (next instanceof Lane lane) {
                lane.run();
            } else {
                alarms.remove().action().run();
            }
        } catch (RuntimeException | AssertionError e) {
            java.io.StringWriter text = new java.io.StringWriter();
            e.printStackTrace(new java.io.PrintWriter(text));
            fail("the driver met " + text);
        }
    }

    private long nextTime() {
        long next = alarms.isEmpty() ? Long.MAX_VALUE : alarms.peek().at();
        for (Task task : tasks) {
            next = Math.min(next, task.deadline);
        }
        for (Lane lane : lanes) {
            if (!lane.busy && !lane.waiting.isEmpty()) {
                next = Math.min(next, lane.notBefore);
            }
        }
        return next;
    }

    /** Ends all threads, and returns what went wrong, or null. */
    String end() {
        over = true;
        for (Task task : tasks) {
            while (task.thread != null && !task.ended) {
                LockSupport.unpark(task.thread);
                Thread.onSpinWait();
            }
        }
        return wrong;
    }
}
