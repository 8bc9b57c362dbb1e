package dev.wellhead.core;

import java.util.Objects;

/**
 * What a component answers when it is asked how it is. An immutable value.
 *
 * @param status whether the component works
 * @param detail one line for a person: what is wrong, since when, and what follows; free of secrets
 */
public record Health(Status status, String detail) {
    /** How well a component works, from best to worst. */
    public enum Status {
        /** Works as intended. */
        UP,
        /** Works, but slower or with less; nobody's call fails because of it. */
        DEGRADED,
        /** Does not work; calls that need it fail. */
        DOWN
    }

    /** Checks that nothing is null. */
    public Health {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(detail, "detail");
    }

    /** Returns a health of status {@link Status#UP}. */
    public static Health up(String detail) {
        return new Health(Status.UP, detail);
    }

    /** Returns a health of status {@link Status#DEGRADED}. */
    public static Health degraded(String detail) {
        return new Health(Status.DEGRADED, detail);
    }

    /** Returns a health of status {@link Status#DOWN}. */
    public static Health down(String detail) {
        return new Health(Status.DOWN, detail);
    }

    /** Returns the worse of the two; this one if they are equally bad. */
    public Health worse(Health other) {
        return other.status.compareTo(status) > 0 ? other : this;
    }
}
