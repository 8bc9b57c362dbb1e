package dev.wellhead.benchmarks.ratelimit;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A decision that needs no Redis: all threads ask for one key, and all are allowed. */
@State(Scope.Benchmark)
public class InMemoryBenchmark {
    /** Who is measured. */
    @Param("wellhead.in-memory")
    public String contender = "";

    private @Nullable LimiterNode node;

    /** Opens the limiter. */
    @Setup
    public void open() {
        node = LimiterNodes.open(contender, "", Rate.PLENTY);
    }

    /** Closes it. */
    @TearDown
    public void close() {
        if (node != null) {
            node.close();
        }
    }

    /** One decision. */
    @Benchmark
    public boolean decide() throws Exception {
        if (node == null || node.ask("203.0.113.7") != Answer.ALLOWED) {
            throw new IllegalStateException("denied");
        }
        return true;
    }
}
