package dev.wellhead.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Things whose cost is known, so that what JMH says of them can be judged. */
@State(Scope.Thread)
public class CalibrationBenchmark {
    /** What an array of 16 bytes takes on a 64-bit JVM: a header of 12 or 16, its content, rounded up to eights. */
    static final int ARRAY_BYTES = 32;

    /** Does nothing. */
    @Benchmark
    public void nothing() {}

    /** Allocates {@link #ARRAY_BYTES}. */
    @Benchmark
    public byte[] array() {
        return new byte[16];
    }

    /** The same once more: how far it is from its twin is what this machine cannot tell apart. */
    @Benchmark
    public byte[] twin() {
        return new byte[16];
    }
}
