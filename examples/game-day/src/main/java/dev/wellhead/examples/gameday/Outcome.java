package dev.wellhead.examples.gameday;

import dev.wellhead.examples.gameday.Samples.Summary;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What came of a scene.
 *
 * @param during from the moment at which something was broken until all replicas were up again
 * @param readyAgain how long it took from the mending until all replicas were up; empty if they were not in time
 * @param findings what was looked for, and whether it was seen
 */
record Outcome(Summary before, Summary during, Summary after, Optional<Duration> readyAgain, List<Finding> findings) {
    /** Something that logs, metrics or answers are to show. */
    record Finding(boolean seen, String text) {}

    /** Returns whether all replicas came back and all that was looked for was seen. */
    boolean isGood() {
        return readyAgain.isPresent() && findings.stream().allMatch(Finding::seen);
    }

    /** Returns how many of the requests failed while it lasted, in words. */
    String failed() {
        return during.failed() == 0
                ? "None of " + during.requests() + " requests failed"
                : String.format(
                        Locale.ROOT,
                        "%d of %d requests (%.1f %%) failed",
                        during.failed(),
                        during.requests(),
                        during.errorRate());
    }

    /** Returns how the slowest of a hundred fared, in words. */
    String slowest() {
        return String.format(Locale.ROOT, "p99 was %.0f ms, and %.0f ms before", during.p99(), before.p99());
    }
}
