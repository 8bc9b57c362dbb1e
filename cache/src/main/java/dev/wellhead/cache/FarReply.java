package dev.wellhead.cache;

import org.jspecify.annotations.Nullable;

/** What Redis says to a reader. */
sealed interface FarReply {
    /**
     * Here it is.
     *
     * @param remainingNanos how long the value lives on; {@code Long.MAX_VALUE} if for ever
     * @param generation where it was found
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    record Hit(byte[] frame, long remainingNanos, Generation generation) implements FarReply {}

    /** The caller is the one that loads. */
    record Leased(Lease lease) implements FarReply {}

    /**
     * Somebody else loads.
     *
     * @param remainingNanos how long the lease lasts without another sign of life
     * @param holder the load of a thread of this process under it; null if it is another process
     */
    record Busy(long remainingNanos, Flights.@Nullable Flight holder) implements FarReply {}

    /** Somebody is about to change what is behind the key: what is loaded now may not be stored. */
    record Fenced() implements FarReply {}

    /** Redis is away, or must not be believed yet. */
    record Away() implements FarReply {}
}
