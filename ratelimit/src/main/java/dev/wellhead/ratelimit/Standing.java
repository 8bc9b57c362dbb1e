package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.Decision.Quota;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a decision says beyond yes or no. Most callers never ask, so it is read off the states only when one does.
 * Immutable.
 */
sealed interface Standing {
    /** Returns the limits asked, in the order of the ask. */
    List<Limit> limits();

    /** Returns how each limit stands that was looked at. */
    List<Quota> quotas();

    /** Returns the limit in the way that takes longest; null if none is. */
    @Nullable Limit violated();

    Duration retryAfter();

    Duration delay();

    /** Of an ask of one limit; at the same time the receipt, since one object for both is what most decisions need. */
    final class One extends Receipt implements Standing {
        private final Charge charge;
        private final Algorithm algorithm;
        private final @Nullable State state;
        private final long nowMicros;
        private final boolean allowed;
        private final boolean charged;

        /**
         * Makes one.
         *
         * @param issuer who can take the charge back; null for nobody
         * @param state the bucket's: with the charge in it if that was taken, else as it was judged
         * @param nowMicros when, on the clock of the state
         * @param charged whether the charge was taken
         */
        One(
                @Nullable RateLimiter issuer,
                Charge charge,
                Algorithm algorithm,
                @Nullable State state,
                long nowMicros,
                boolean allowed,
                boolean charged) {
            super(issuer);
            this.charge = charge;
            this.algorithm = algorithm;
            this.state = state;
            this.nowMicros = nowMicros;
            this.allowed = allowed;
            this.charged = charged;
        }

        boolean allowed() {
            return allowed;
        }

        @Nullable State state() {
            return state;
        }

        long nowMicros() {
            return nowMicros;
        }

        /** Returns what gives the charge back; null if nothing was taken, or nobody can. */
        @Nullable Receipt receipt() {
            return charged && hasIssuer() ? this : null;
        }

        @Override
        List<Charged> charged() {
            return state == null ? List.of() : List.of(new Charged(charge, state));
        }

        @Override
        public List<Limit> limits() {
            return List.of(charge.limit());
        }

        @Override
        public List<Quota> quotas() {
            return List.of(quota(charge, algorithm, state, nowMicros, allowed));
        }

        @Override
        public @Nullable Limit violated() {
            return allowed ? null : charge.limit();
        }

        @Override
        public Duration retryAfter() {
            return allowed ? Duration.ZERO : micros(algorithm.retryAfterMicros(state, nowMicros, charge.cost()));
        }

        @Override
        public Duration delay() {
            return allowed ? micros(delayMicros(charge, algorithm, state, nowMicros, charged)) : Duration.ZERO;
        }
    }

    /**
     * Of an ask of several limits.
     *
     * @param judged the charges that were looked at, in the order of the outcome's states
     * @param algorithms the arithmetic of each
     */
    record Several(List<Limit> limits, List<Charge> judged, List<Algorithm> algorithms, Outcome outcome)
            implements Standing {
        @Override
        public List<Quota> quotas() {
            List<Quota> quotas = new ArrayList<>(judged.size());
            for (int i = 0; i < judged.size(); i++) {
                State state = outcome.states().get(i);
                quotas.add(quota(judged.get(i), algorithms.get(i), state, outcome.nowMicros(), outcome.allowed()));
            }
            return List.copyOf(quotas);
        }

        @Override
        public @Nullable Limit violated() {
            return outcome.allowed() ? null : slowest().limit();
        }

        @Override
        public Duration retryAfter() {
            return outcome.allowed() ? Duration.ZERO : slowest().retryAfter();
        }

        private Quota slowest() {
            return quotas().stream()
                    .max(Comparator.comparing(Quota::retryAfter))
                    .orElseThrow();
        }

        @Override
        public Duration delay() {
            long delay = 0;
            for (int i = 0; outcome.allowed() && i < judged.size(); i++) {
                State state = outcome.states().get(i);
                delay = Math.max(
                        delay,
                        delayMicros(judged.get(i), algorithms.get(i), state, outcome.nowMicros(), outcome.charged()));
            }
            return micros(delay);
        }
    }

    /** What is known already. */
    record Told(
            List<Limit> limits,
            List<Quota> quotas,
            @Nullable Limit violated,
            Duration retryAfter,
            Duration delay) implements Standing {}

    private static Quota quota(
            Charge charge, Algorithm algorithm, @Nullable State state, long nowMicros, boolean allowed) {
        return new Quota(
                charge.limit(),
                algorithm.remaining(state, nowMicros),
                micros(allowed ? 0 : algorithm.retryAfterMicros(state, nowMicros, charge.cost())),
                micros(algorithm.resetAfterMicros(state, nowMicros)));
    }

    // Looked at without taking, the call is not in the state.
    private static long delayMicros(
            Charge charge, Algorithm algorithm, @Nullable State state, long nowMicros, boolean charged) {
        return algorithm.delayMicros(state, nowMicros, charged ? charge.cost() : 0);
    }

    private static Duration micros(long micros) {
        return Duration.ofSeconds(micros / 1_000_000, micros % 1_000_000 * 1_000);
    }
}
