package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an ask was charged, so that it can be given back, once. Thread-safe. */
abstract class Receipt {
    private static final VarHandle CLAIMED;

    static {
        try {
            CLAIMED = MethodHandles.lookup().findVarHandle(Receipt.class, "claimed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable RateLimiter issuer;

    // Moved by CLAIMED.
    @SuppressWarnings("UnusedVariable")
    private volatile boolean claimed;

    /**
     * One charge.
     *
     * @param state that it left behind
     */
    record Charged(Charge charge, State state) {}

    /** @param issuer who can take it back; null for nobody */
    Receipt(@Nullable RateLimiter issuer) {
        this.issuer = issuer;
    }

    static Receipt of(RateLimiter issuer, Ask ask, List<State> states) {
        return new OfAsk(issuer, ask, states);
    }

    /** Returns one for all that these took, which cannot be given back by themselves any more; null if they took nothing. */
    static @Nullable Receipt joined(List<Decision> decisions) {
        List<Charged> all = new ArrayList<>();
        RateLimiter issuer = null;
        for (Decision decision : decisions) {
            Receipt receipt = decision.receipt();
            if (receipt != null && receipt.claim()) {
                all.addAll(receipt.charged());
                issuer = receipt.issuer;
            }
        }
        return issuer == null ? null : new Joined(issuer, all);
    }

    /** Returns what was charged; called when somebody wants to give it back. */
    abstract List<Charged> charged();

    /** Returns whether somebody can take it back. */
    final boolean hasIssuer() {
        return issuer != null;
    }

    /** Returns true to the first. */
    final boolean claim() {
        return CLAIMED.compareAndSet(this, false, true);
    }

    /** Takes the claim back: surely nothing was given back. */
    final void unclaim() {
        claimed = false;
    }

    /** @throws IllegalArgumentException if another limiter made the decision */
    final void requireFrom(RateLimiter limiter) {
        if (issuer != limiter) {
            throw new IllegalArgumentException(
                    "the decision is another limiter's; only the one that made it can take it back");
        }
    }

    /** Of all that an ask names. */
    private static final class OfAsk extends Receipt {
        private final Ask ask;
        private final List<State> states;

        OfAsk(RateLimiter issuer, Ask ask, List<State> states) {
            super(issuer);
            this.ask = ask;
            this.states = states;
        }

        @Override
        List<Charged> charged() {
            List<Charge> charges = ask.charges();
            List<Charged> charged = new ArrayList<>(charges.size());
            for (int i = 0; i < charges.size(); i++) {
                charged.add(new Charged(charges.get(i), states.get(i)));
            }
            return charged;
        }
    }

    /** Of what several others took. */
    private static final class Joined extends Receipt {
        private final List<Charged> all;

        Joined(RateLimiter issuer, List<Charged> all) {
            super(issuer);
            this.all = all;
        }

        @Override
        List<Charged> charged() {
            return all;
        }
    }
}
