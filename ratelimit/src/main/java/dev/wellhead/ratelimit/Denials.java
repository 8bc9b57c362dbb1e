package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.ratelimit.LastSeen.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Denies without asking Redis what Redis is known to deny. Thread-safe, never blocks.
 *
 * <p>But for what is given back, which is why a state is believed for a short time only, what a limit owes only grows by
 * calls and only shrinks with time. So a state that Redis told once still proves a
 * denial, for whichever cost it is too high, until enough time has passed on Redis' clock; however much others took since.
 * What time it is there is not known to the microsecond: it is taken for as late as it can be, that is as if the state had
 * been told the moment the question was sent.
 */
final class Denials {
    // How much slower than Redis' clock ours may run.
    private static final long DRIFT_PARTS = 1_000;

    private final LastSeen lastSeen;
    private final MicroClock clock;
    private final long maxAgeMicros;

    /**
     * @param maxAge for how long a state is believed, since a limit could be given back, lost or reset meanwhile; zero for
     *     not at all
     */
    Denials(LastSeen lastSeen, MicroClock clock, Duration maxAge) {
        this.lastSeen = lastSeen;
        this.clock = clock;
        this.maxAgeMicros = maxAge.toNanos() / 1_000;
    }

    /** Returns the denial if it is certain; null if Redis has to be asked. */
    @Nullable Decision of(Ask ask) {
        if (maxAgeMicros == 0) {
            return null;
        }
        long now = clock.micros();
        List<Charge> charges = ask.charges();
        if (charges.size() == 1) {
            return of(charges.get(0), now);
        }
        // Looked at once: another answer may come, or an entry go, at any moment.
        @Nullable Seen[] known = new Seen[charges.size()];
        boolean denied = false;
        for (int i = 0; i < known.length; i++) {
            Seen seen = fresh(charges.get(i), now);
            known[i] = seen;
            denied |= seen != null && isDenied(charges.get(i), seen, now);
        }
        return denied ? denial(ask, known, now) : null;
    }

    private @Nullable Decision of(Charge charge, long now) {
        Seen seen = fresh(charge, now);
        if (seen == null || !isDenied(charge, seen, now)) {
            return null;
        }
        Algorithm algorithm = charge.algorithm();
        Standing.One one = new Standing.One(null, charge, algorithm, seen.onOurClock(algorithm), now, false, false);
        return Decision.of(one, Source.DENY_CACHE);
    }

    private boolean isDenied(Charge charge, Seen seen, long now) {
        long passed = now - seen.sentMicros();
        long latest = seen.atMicros() + passed + passed / DRIFT_PARTS;
        return charge.algorithm().retryAfterMicros(seen.state(), latest, charge.cost()) > 0;
    }

    /** Tells how the limits stand that are known, by the other bound of Redis' time, so that each wait suffices. */
    private static Decision denial(Ask ask, @Nullable Seen[] known, long now) {
        List<Charge> judged = new ArrayList<>(known.length);
        List<State> states = new ArrayList<>(known.length);
        for (int i = 0; i < known.length; i++) {
            Charge charge = ask.charges().get(i);
            Seen seen = known[i];
            if (seen != null) {
                judged.add(charge);
                states.add(seen.onOurClock(charge.algorithm()));
            }
        }
        return Decision.of(ask, judged, new Outcome(false, false, now, states), Charge::algorithm, Source.DENY_CACHE);
    }

    private @Nullable Seen fresh(Charge charge, long now) {
        Seen seen = lastSeen.get(charge.bucket());
        return seen != null && now - seen.sentMicros() < maxAgeMicros ? seen : null;
    }
}
