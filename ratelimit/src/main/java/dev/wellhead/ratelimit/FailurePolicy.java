package dev.wellhead.ratelimit;

/**
 * What a limit does while Redis does not answer: a closed set of immutable values. It belongs to the {@link Limit}, with a
 * default on the limiter.
 */
public sealed interface FailurePolicy {
    /** Lets every call pass: for limits that protect comfort, not safety. */
    static FailurePolicy open() {
        return new Open();
    }

    /** Lets no call pass: for limits whose breach is worse than an outage, such as guesses of a password. */
    static FailurePolicy closed() {
        return new Closed();
    }

    /**
     * Goes on in this JVM with a share of the rate and of the burst, starting from the last states seen, so that an outage
     * frees nobody who was just refused. With n nodes a share of 1/n keeps the fleet at the limit. A call that costs more
     * than the share of the burst passes when the bucket is full.
     *
     * @param share from 0.01 to 1
     */
    static FailurePolicy local(double share) {
        return new Local(share);
    }

    /** Every call passes. */
    record Open() implements FailurePolicy {}

    /** No call passes. */
    record Closed() implements FailurePolicy {}

    /**
     * This JVM decides alone.
     *
     * @param share of rate and burst, from 0.01 to 1
     */
    record Local(double share) implements FailurePolicy {
        /**
         * Checks the share.
         *
         * @throws IllegalArgumentException if it is outside its bounds
         */
        public Local {
            if (!(share >= 0.01 && share <= 1)) {
                throw new IllegalArgumentException("share must be from 0.01 to 1, was " + share);
            }
        }
    }
}
