package dev.wellhead.benchmarks.pool;

import java.time.Duration;
import java.util.List;

/**
 * What a number of callers do: each borrows, holds, gives back, and at once wants again.
 *
 * @param callers how many
 * @param threads what they run on
 * @param poolSize how many connections there are
 * @param hold how long each is held, parked; zero to give it back at once
 * @param warmup what does not count
 * @param length what counts
 */
public record Load(int callers, Threads threads, int poolSize, Duration hold, Duration warmup, Duration length) {
    static Load of(List<String> arguments) {
        return new Load(
                Integer.parseInt(arguments.get(0)),
                Threads.valueOf(arguments.get(1)),
                Integer.parseInt(arguments.get(2)),
                Duration.parse(arguments.get(3)),
                Duration.parse(arguments.get(4)),
                Duration.parse(arguments.get(5)));
    }

    /** Returns it as arguments of a program. */
    public List<String> arguments() {
        return List.of(
                Integer.toString(callers),
                threads.name(),
                Integer.toString(poolSize),
                hold.toString(),
                warmup.toString(),
                length.toString());
    }

    /**
     * Returns how long a caller waits if all are served in turn and nothing else takes time: the others that do not hold a
     * connection all come first, the size of the pool at a time.
     */
    double idealNanos(double meanHoldNanos) {
        return (double) (callers - poolSize) / poolSize * meanHoldNanos;
    }
}
