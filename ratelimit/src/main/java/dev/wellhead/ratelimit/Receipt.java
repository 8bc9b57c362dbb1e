package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an ask was charged, so that it can be given back, once. Thread-safe. */
final class Receipt {
    private static final VarHandle CLAIMED;

    static {
        try {
            CLAIMED = MethodHandles.lookup().findVarHandle(Receipt.class, "claimed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RateLimiter issuer;
    private final Taken taken;

    // Moved by CLAIMED.
    @SuppressWarnings("UnusedVariable")
    private volatile boolean claimed;

    /** What was charged, told when somebody wants to give it back. */
    @FunctionalInterface
    interface Taken {
        List<Charged> taken();
    }

    /**
     * One charge.
     *
     * @param state that it left behind
     */
    record Charged(Charge charge, State state) {}

    Receipt(RateLimiter issuer, Taken taken) {
        this.issuer = issuer;
        this.taken = taken;
    }

    static Receipt of(RateLimiter issuer, Ask ask, List<State> states) {
        return new Receipt(issuer, () -> {
            List<Charge> charges = ask.charges();
            List<Charged> charged = new ArrayList<>(charges.size());
            for (int i = 0; i < charges.size(); i++) {
                charged.add(new Charged(charges.get(i), states.get(i)));
            }
            return charged;
        });
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
        return issuer == null ? null : new Receipt(issuer, () -> all);
    }

    List<Charged> charged() {
        return taken.taken();
    }

    /** Returns true to the first. */
    boolean claim() {
        return CLAIMED.compareAndSet(this, false, true);
    }

    /** Takes the claim back: surely nothing was given back. */
    void unclaim() {
        claimed = false;
    }

    /** @throws IllegalArgumentException if another limiter made the decision */
    void requireFrom(RateLimiter limiter) {
        if (issuer != limiter) {
            throw new IllegalArgumentException(
                    "the decision is another limiter's; only the one that made it can take it back");
        }
    }
}
