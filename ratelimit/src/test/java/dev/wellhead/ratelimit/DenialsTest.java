package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.Mutant;
import dev.wellhead.testkit.Mutation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a node denies by itself, by a model of it; and that the model needs each part of the reasoning. */
class DenialsTest {
    private static final Mutation MUTATION = Mutation.of(DenialsTest.class);

    static List<Mutant> mutants() {
        return List.of(
                new Mutant(
                        "the state is taken for as old as its answer",
                        "Denials",
                        "long passed = now - seen.sentMicros(); long latest = seen.atMicros() + passed + passed / DRIFT_PARTS;",
                        "long latest = now - seen.clockOffset();"),
                new Mutant("clocks do not drift", "Denials", "+ passed / DRIFT_PARTS", ""),
                new Mutant(
                        "what was denied to one is denied to all",
                        "Denials",
                        "latest, charge.cost()) > 0",
                        "latest, charge.limit().burst()) > 0"),
                new Mutant("a state is believed for ever", "Denials", "now - seen.sentMicros() < maxAgeMicros", "true"),
                new Mutant(
                        "a state is as young as its answer",
                        "Denials",
                        "now - seen.sentMicros() < maxAgeMicros",
                        "now - (seen.atMicros() + seen.clockOffset()) < maxAgeMicros"),
                new Mutant(
                        "the wait is told by the late bound",
                        "LastSeen",
                        "return algorithm.moved(state, clockOffset);",
                        "return algorithm.moved(state, sentMicros - atMicros - 200_000);"),
                new Mutant(
                        "the last answer to arrive wins",
                        "LastSeen",
                        "fresh.atMicros() >= old.atMicros() ? fresh : old",
                        "fresh"),
                new Mutant(
                        "the node's clock is Redis' clock",
                        "Denials",
                        "long latest = seen.atMicros() + passed + passed / DRIFT_PARTS;",
                        "long latest = now;"));
    }

    @Test
    void nothingIsDeniedThatRedisWouldAllow() {
        assertThatCode(() -> MUTATION.runUnchanged(DenialsCheck.class)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void modelFindsThat(Mutant mutant) {
        assertThatThrownBy(() -> MUTATION.run(mutant, DenialsCheck.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed");
    }
}
