package dev.wellhead.benchmarks.cache;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reads what the process has already, with everything on that is on by default. */
@State(Scope.Benchmark)
public class NearBenchmark {
    private static final int KEYS = 1024;

    /** Who is measured. */
    @Param("caffeine")
    public String contender = "";

    /** Where Redis is. */
    @Param("")
    public String redis = "";

    private List<String> keys = List.of();
    private @Nullable CacheNode node;

    /** Which key is next. */
    @State(Scope.Thread)
    public static class Cursor {
        private int next;
    }

    /** Fills the near tier. */
    @Setup
    public void open() throws Exception {
        keys = IntStream.range(0, KEYS).mapToObj(key -> "near-" + key).toList();
        node = CacheNodes.open(contender, NodeOptions.of(redis, key -> Values.OF_100_CHARS));
        for (String key : keys) {
            node.get(key);
        }
    }

    /** Ends the node. */
    @TearDown
    public void close() {
        if (node != null) {
            node.close();
        }
    }

    /** One hit. */
    @Benchmark
    public @Nullable String get(Cursor cursor) throws Exception {
        return node == null ? null : node.get(keys.get(cursor.next++ & (KEYS - 1)));
    }
}
