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
    private final @Nullable String lastSql;
    private final List<StackTraceElement> stack;

    BorrowedConnection(
            String thread, Duration age, Duration inactive, @Nullable String lastSql, List<StackTraceElement> stack) {
        this.thread = thread;
        this.age = age;
        this.inactive = inactive;
        this.lastSql = lastSql;
        this.stack = stack;
    }

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
     * statement takes so long. To a tenth of a second.
     */
    public Duration inactive() {
        return inactive;
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
     * the pool was at least 80 % in use, when the borrower had to wait, for some minutes after a leak was reported without
     * one, and else for one borrow in a tenth of a second; never without leak detection.
     */
    public List<StackTraceElement> stack() {
        return stack;
    }

    /** Returns the class and method that borrowed, else the thread. */
    String place() {
        for (StackTraceElement frame : stack) {
            if (!frame.getClassName().startsWith("java.")
                    && !frame.getClassName().startsWith("javax.")) {
                String type = frame.getClassName();
                return "at " + type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName();
            }
        }
        return "by thread " + thread;
    }

    @Override
    public String toString() {
        return "borrowed " + age.toMillis() + " ms ago by thread " + thread + ", last SQL: "
                + lastSql().orElse("none");
    }
}
