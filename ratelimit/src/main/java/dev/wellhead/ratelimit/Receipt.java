package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What an ask was charged, so that it can be given back, once. Thread-safe. */
final class Receipt {
    private final RateLimiter issuer;
    private final List<Charged> charged;
    private final AtomicBoolean claimed = new AtomicBoolean();

    /**
     * One charge.
     *
     * @param state that it left behind
     */
    record Charged(Charge charge, State state) {}

    Receipt(RateLimiter issuer, List<Charged> charged) {
        this.issuer = issuer;
        this.charged = charged;
    }

    static Receipt of(RateLimiter issuer, Ask ask, List<State> states) {
        List<Charge> charges = ask.charges();
        if (charges.size() == 1) {
            return new Receipt(issuer, List.of(new Charged(charges.get(0), states.get(0))));
        }
        Charged[] charged = new Charged[charges.size()];
        for (int i = 0; i < charged.length; i++) {
            charged[i] = new Charged(charges.get(i), states.get(i));
        }
        return new Receipt(issuer, List.of(charged));
    }

    /** Returns one for all that these took, which cannot be given back by themselves any more; null if they took nothing. */
    static @Nullable Receipt joined(List<Decision> decisions) {
        List<Charged> all = new ArrayList<>();
        RateLimiter issuer = null;
        for (Decision decision : decisions) {
            Receipt receipt = decision.receipt();
            if (receipt != null && receipt.claim()) {
                all.addAll(receipt.charged);
                issuer = receipt.issuer;
            }
        }
        return issuer == null ? null : new Receipt(issuer, List.copyOf(all));
    }

    List<Charged> charged() {
        return charged;
    }

    /** Returns true to the first. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    /** Takes the claim back: surely nothing was given back. */
    void unclaim() {
        claimed.set(false);
    }

    /** @throws IllegalArgumentException if another limiter made the decision */
    void requireFrom(RateLimiter limiter) {
        if (issuer != limiter) {
            throw new IllegalArgumentException(
                    "the decision is another limiter's; only the one that made it can take it back");
        }
    }
}
