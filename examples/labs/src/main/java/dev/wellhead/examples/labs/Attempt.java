package dev.wellhead.examples.labs;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A call of the learner's code on a thread of its own, since it may throw anything and may never return. Thread-safe.
 *
 * <p>{@link #call} and {@link #run} are for a scene to which what is thrown is an outcome like any other; {@link #get} and
 * {@link #perform} are for one that cannot go on behind it.
 */
public final class Attempt<T> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String what;
    private final FutureTask<T> task;

    private Attempt(String what, FutureTask<T> task) {
        this.what = what;
        this.task = task;
    }

    /** What is called for its effects. */
    @FunctionalInterface
    public interface Action {
        /** Does it. */
        void run() throws Exception;
    }

    /**
     * Begins a call, and waits for nothing.
     *
     * @param what names it in messages
     */
    public static <T> Attempt<T> start(String what, Callable<T> code) {
        FutureTask<T> task = new FutureTask<>(code);
        Thread thread = new Thread(task, what);
        thread.setDaemon(true);
        thread.start();
        return new Attempt<>(what, task);
    }

    /** Begins what has no result: then true stands for it. */
    public static Attempt<Boolean> begin(String what, Action code) {
        return start(what, () -> {
            code.run();
            return true;
        });
    }

    /**
     * Makes a call and returns how it ended.
     *
     * @throws ExerciseException if it does not end
     */
    public static <T> Outcome<T> call(String what, Callable<T> code) throws ExerciseException, InterruptedException {
        return start(what, code).outcome();
    }

    /** Like {@link #call} for what has no result: then true stands for it. */
    public static Outcome<Boolean> run(String what, Action code) throws ExerciseException, InterruptedException {
        return begin(what, code).outcome();
    }

    /**
     * Makes a call and returns its result.
     *
     * @throws ExerciseException if it throws, or does not end
     */
    public static <T> T get(String what, Callable<T> code) throws ExerciseException, InterruptedException {
        return start(what, code).result();
    }

    /** Like {@link #get} for what has no result. */
    public static void perform(String what, Action code) throws ExerciseException, InterruptedException {
        begin(what, code).result();
    }

    /** Returns whether it has ended, in whatever way. */
    public boolean ended() {
        return task.isDone();
    }

    /** Interrupts it; nobody will ask for its outcome. */
    public void cancel() {
        task.cancel(true);
    }

    /** Waits for the end; returns how it ended, or nothing if it goes on. */
    public Optional<Outcome<T>> within(Duration patience) throws InterruptedException {
        try {
            return Optional.of(new Outcome<>(task.get(patience.toNanos(), TimeUnit.NANOSECONDS), null));
        } catch (ExecutionException e) {
            return Optional.of(new Outcome<>(null, e.getCause()));
        } catch (TimeoutException e) {
            return Optional.empty();
        }
    }

    /**
     * Waits for the end.
     *
     * @throws ExerciseException if it does not come; it is interrupted then
     */
    public Outcome<T> outcome() throws ExerciseException, InterruptedException {
        return outcome(PATIENCE);
    }

    /** Like {@link #outcome()} with a patience of the scene's own. */
    public Outcome<T> outcome(Duration patience) throws ExerciseException, InterruptedException {
        Optional<Outcome<T>> outcome = within(patience);
        if (outcome.isEmpty()) {
            throw endless(patience);
        }
        return outcome.get();
    }

    /**
     * Waits for the end and returns the result.
     *
     * @throws ExerciseException if it threw, or does not come to an end
     */
    public T result() throws ExerciseException, InterruptedException {
        try {
            return task.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new ExerciseException(what + " threw " + describe(cause), cause);
        } catch (TimeoutException e) {
            throw endless(PATIENCE);
        }
    }

    private ExerciseException endless(Duration patience) {
        cancel();
        return new ExerciseException(
                what + " had not returned after " + patience.toMillis() + " ms: what does it wait for?");
    }

    /** Returns what an exception says, and the line of the learner's file that it went through. */
    public static String describe(Throwable e) {
        StringBuilder text = new StringBuilder(e.toString());
        for (StackTraceElement element : e.getStackTrace()) {
            // Of all classes here only those of an exercise lie in no package.
            if (element.getClassName().indexOf('.') < 0) {
                text.append(", at ").append(element.getFileName()).append(':').append(element.getLineNumber());
                break;
            }
        }
        return text.toString();
    }
}
