package dev.wellhead.pool;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One connection that is on loan: who holds it, since when, and what was last done with it. An immutable snapshot. */
public final class BorrowedConnection {
    private final String thread;
    private final Duration age;
    private final Duration inactive;
    private final boolean running;
    private final @Nullable String lastSql;
    private final List<StackTraceElement> stack;

    BorrowedConnection(
            String thread, Times times, boolean running, @Nullable String lastSql, List<StackTraceElement> stack) {
        this.thread = thread;
        this.age = times.age();
        this.inactive = times.inactive();
        this.running = running;
        this.lastSql = lastSql;
        this.stack = stack;
    }

    /** How long it has been held, and for how long nothing has happened on it. */
    record Times(Duration age, Duration inactive) {}

    /** Returns the name that the borrowing thread has. */
    public String thread() {
        return thread;
    }

    /** Returns how long the connection has been held, to a tenth of a second. */
    public Duration age() {
        return age;
    }

    /**
     * Returns for how long nothing has begun or ended on the connection: the borrower does something else, or one
     * statement takes so long, which {@link #running()} tells apart. To a tenth of a second.
     */
    public Duration inactive() {
        return inactive;
    }

    /** Returns whether somebody was inside the driver at that moment, as while a statement runs. */
    public boolean running() {
        return running;
    }

    /**
     * Returns the SQL that was last prepared or executed, shortened and without the contents of string literals; empty
     * if there was none.
     */
    public Optional<String> lastSql() {
        return Optional.ofNullable(lastSql);
    }

    /**
     * Returns where the connection was borrowed, innermost frame first; empty if the stack was not captured. It is when
     * the pool was at least 80 % in use or the borrower had to wait, but for at most 256 borrows in a tenth of a second; of
     * all borrows for some minutes after a leak was reported without one; and else for one borrow in a tenth of a second.
     * Never without leak detection.
     */
    public List<StackTraceElement> stack() {
        return stack;
    }

    /** Returns the class, method and line that borrowed, else the thread. */
    String place() {
        for (StackTraceElement frame : stack) {
            if (!frame.getClassName().startsWith("java.")
                    && !frame.getClassName().startsWith("javax.")) {
                String type = frame.getClassName();
                String line = frame.getLineNumber() < 0 ? "" : ":" + frame.getLineNumber();
                return "at " + type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName() + line;
            }
        }
        return "by thread " + thread;
    }

    @Override
    public String toString() {
        return "borrowed " + age.toMillis() + " ms ago by thread " + thread + (running ? ", running" : ", not in use")
                + ", last SQL: " + lastSql().orElse("none");
    }
}
