package dev.wellhead.examples.labs.debugging;

import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.ExerciseException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Many callers who ask for the same at once. Whoever serves them calls {@link #hold()} in the middle of it, which lasts until
 * none of the callers can go on by itself: so all of them have come before the first is served, however slow the machine.
 * {@link #send} is for one thread.
 */
final class Crowd {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    // A caller who waits for an answer of Redis looks like one who waits for the end, but not for long.
    private static final int LOOKS = 6;
    private static final long STACK_BYTES = 512 * 1024;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final ConcurrentHashMap<String, Integer> outcomes = new ConcurrentHashMap<>();
    private final List<Thread> callers = new ArrayList<>();
    private Duration served = Duration.ZERO;

    /** One request. */
    @FunctionalInterface
    interface Request {
        String make() throws SQLException;
    }

    /** Keeps the calling thread until the whole crowd is there. */
    void hold() {
        try {
            if (!gate.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the crowd did not come within " + PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sends the crowd, and returns how many got which outcome: what was returned, or {@code SQLState} and the code, or the
     * class of what was thrown.
     *
     * @param requests what is asked, in turns
     * @throws ExerciseException if somebody is still waiting in the end
     */
    Map<String, Integer> send(int size, List<Request> requests) throws ExerciseException {
        for (int i = 0; i < size; i++) {
            Request request = requests.get(i % requests.size());
            Thread caller = new Thread(
                    null, () -> outcomes.merge(outcome(request), 1, Integer::sum), "caller-" + i, STACK_BYTES);
            caller.setDaemon(true);
            callers.add(caller);
            caller.start();
        }
        int[] quiet = new int[1];
        Await.until(PATIENCE, () -> {
            quiet[0] = isStill() ? quiet[0] + 1 : 0;
            return quiet[0] >= LOOKS;
        });
        long opened = System.nanoTime();
        gate.countDown();
        if (!Await.until(PATIENCE, () -> callers.stream().noneMatch(Thread::isAlive))) {
            callers.forEach(Thread::interrupt);
            throw new ExerciseException(size + " callers asked at once, and some have no answer after "
                    + PATIENCE.toSeconds() + " s; do they wait for each other?");
        }
        served = Duration.ofNanos(System.nanoTime() - opened);
        return new TreeMap<>(outcomes);
    }

    /** Returns how long it took from the moment on at which all callers were there until the last was served. */
    Duration served() {
        return served;
    }

    private boolean isStill() {
        return callers.stream().allMatch(caller -> switch (caller.getState()) {
            case NEW, RUNNABLE -> false;
            case BLOCKED, WAITING, TIMED_WAITING, TERMINATED -> true;
        });
    }

    private static String outcome(Request request) {
        try {
            return String.valueOf(request.make());
        } catch (SQLException e) {
            return "SQLState " + e.getSQLState();
        } catch (Throwable e) {
            // It is the exercise's, and part of what is judged.
            return e.getClass().getSimpleName();
        }
    }
}
