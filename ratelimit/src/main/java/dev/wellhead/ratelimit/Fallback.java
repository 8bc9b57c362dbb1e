package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.ratelimit.FailurePolicy.Closed;
import dev.wellhead.ratelimit.FailurePolicy.Local;
import dev.wellhead.ratelimit.LocalBuckets.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the limits' failure policies. One closed limit closes the ask; open ones take no part; the local ones are
 * charged all or nothing, as Redis would. Thread-safe.
 */
final class Fallback {
    private final FailurePolicy standard;
    private final LocalBuckets buckets;
    private final LastSeen lastSeen;
    // Computed once a limit: it takes big numbers. The host chooses the limits, so their number is bounded.
    private final Map<Limit, Algorithm> shares = new ConcurrentHashMap<>();

    Fallback(FailurePolicy standard, LocalBuckets buckets, LastSeen lastSeen) {
        this.standard = standard;
        this.buckets = buckets;
        this.lastSeen = lastSeen;
    }

    Decision decide(Ask ask, boolean take) {
        List<Charge> local = new ArrayList<>();
        for (Charge charge : ask.charges()) {
            FailurePolicy policy = policy(charge.limit());
            if (policy instanceof Closed) {
                return Decision.closed(ask, charge.limit());
            }
            if (policy instanceof Local) {
                local.add(charge);
            }
        }
        if (local.isEmpty()) {
            return Decision.open(ask);
        }
        if (take && ask.charges().size() == 1) {
            Charge charge = local.get(0);
            return Decision.of(buckets.take(null, charge, algorithm(charge), known(charge)), Source.LOCAL_FALLBACK);
        }
        List<Line> lines = local.stream().map(this::line).toList();
        Outcome outcome = take ? buckets.take(lines) : buckets.peek(lines);
        return Decision.of(ask, local, outcome, this::algorithm, Source.LOCAL_FALLBACK);
    }

    private Line line(Charge charge) {
        return new Line(charge.bucket(), algorithm(charge), charge.cost(), known(charge));
    }

    private @Nullable State known(Charge charge) {
        LastSeen.Seen seen = lastSeen.get(charge.bucket());
        return seen == null ? null : seen.onOurClock(charge.limit().algorithm());
    }

    private Algorithm algorithm(Charge charge) {
        return share(charge.limit()).within(charge.patienceMicros(), charge.cost());
    }

    private Algorithm share(Limit limit) {
        return shares.computeIfAbsent(
                limit, l -> policy(l) instanceof Local local ? l.algorithm().share(local.share()) : l.algorithm());
    }

    private FailurePolicy policy(Limit limit) {
        return limit.failurePolicy().orElse(standard);
    }
}
