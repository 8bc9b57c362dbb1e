package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.Mutant;
import dev.wellhead.testkit.Mutation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Seeded faults of the buckets in memory: the forced interleavings notice each. */
class LocalBucketsMutantTest {
    private static final Mutation MUTATION = Mutation.of(LocalBucketsMutantTest.class);

    static List<Mutant> mutants() {
        return List.of(
                new Mutant(
                        "what others wrote meanwhile is overwritten",
                        "Bucket",
                        "return STATE.compareAndSet(this, from, to);",
                        "state = to; return true;"),
                new Mutant(
                        "the clock is read before the state",
                        "LocalBuckets",
                        "State stored = bucket.state(); if (Bucket.isMark(stored)) { break; } long now = clock.micros();",
                        "long now = clock.micros(); State stored = bucket.state(); if (Bucket.isMark(stored)) { break; }"),
                new Mutant(
                        "an ask of several does not hold its buckets",
                        "Bucket",
                        "return (State) STATE.getAndSet(this, HELD);",
                        "return state;"),
                new Mutant(
                        "a bucket that has gone can be charged",
                        "Segment",
                        "state.hasPassed(now) && bucket.drop(state)",
                        "state.hasPassed(now)"),
                new Mutant(
                        "a denied ask of several is charged where it was allowed",
                        "Charging",
                        "bucket.release(previous);",
                        "keep();"));
    }

    @Test
    void nothingIsFoundInTheBucketsAsTheyAre() {
        assertThatCode(() -> MUTATION.runUnchanged(LocalBucketsCheck.class)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void faultIsNoticed(Mutant mutant) {
        assertThatThrownBy(() -> MUTATION.run(mutant, LocalBucketsCheck.class)).isInstanceOf(AssertionError.class);
    }
}
