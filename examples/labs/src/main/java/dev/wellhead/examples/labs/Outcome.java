package dev.wellhead.examples.labs;

import org.jspecify.annotations.Nullable;

/**
 * How a call of the learner's code ended.
 *
 * @param result what it returned; null if it failed, or returned that
 * @param failure what it threw; null if nothing
 */
public record Outcome<T>(@Nullable T result, @Nullable Throwable failure) {
    /** Returns whether it threw anything. */
    public boolean failed() {
        return failure != null;
    }

    /** Returns whether it threw one of these. */
    public boolean failedWith(Class<? extends Throwable> type) {
        return type.isInstance(failure);
    }

    /** Returns it as a line to print. */
    public String text() {
        return failure == null ? "returned " + result : "threw " + Sql.describe(failure);
    }
}
