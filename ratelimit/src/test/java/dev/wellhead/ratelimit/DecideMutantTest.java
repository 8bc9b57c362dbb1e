package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.Mutant;
import dev.wellhead.testkit.Mutation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Seeded faults of the arithmetic in Java: the comparison with the models, and the laws of what is given back, notice each. */
class DecideMutantTest {
    private static final Mutation MUTATION = Mutation.of(DecideMutantTest.class);

    static List<Mutant> mutants() {
        return List.of(
                new Mutant("a debt is rounded away", "TokenBucket", "debt % unitsPerMicro;", "0;"),
                new Mutant(
                        "one permit beyond the burst",
                        "TokenBucket",
                        "excess(debt, cost) <= 0, before",
                        "excess(debt, cost) <= unitsPerPermit, before"),
                new Mutant("a microsecond is lost of one permit", "TokenBucket", "micros++;", ""),
                new Mutant(
                        "one permit is decided by a fraction of other numbers",
                        "TokenBucket",
                        "return state.size() <= 1 && !isForeign(state)",
                        "return state.size() <= 1"),
                new Mutant(
                        "one permit forgets what was given back",
                        "TokenBucket",
                        "return state.size() <= 1 && !isForeign(state)",
                        "return !isForeign(state)"),
                new Mutant(
                        "one permit has a unit too much of room",
                        "TokenBucket",
                        "units <= roomUnits",
                        "units <= roomUnits + 1"),
                new Mutant(
                        "one permit has a unit too little of room",
                        "TokenBucket",
                        "units <= roomUnits",
                        "units < roomUnits"),
                new Mutant(
                        "the wait is rounded down",
                        "TokenBucket",
                        "return ceilDiv(Math.max(0, excess(debt(state, nowMicros), cost)), unitsPerMicro);",
                        "return Math.max(0, excess(debt(state, nowMicros), cost)) / unitsPerMicro;"),
                new Mutant(
                        "what has come back by itself is given back",
                        "TokenBucket",
                        "give = atMost(give, units(charged.micros() - sooner - nowMicros, charged.units()));",
                        ""),
                new Mutant(
                        "places do not move up",
                        "TokenBucket",
                        "long sooner = givenBack.micros() > 0 && charged.micros() >= givenBack.first() ? givenBack.micros() : 0;",
                        "long sooner = 0;"),
                new Mutant(
                        "what was given back is forgotten",
                        "TokenBucket",
                        "return givenBack.micros() == 0 ?",
                        "return true ?"),
                new Mutant(
                        "a place in a lost state is believed",
                        "TokenBucket",
                        "if (state.hasPassed(nowMicros) || isBehind(charged, state)) {",
                        "if (state.hasPassed(nowMicros)) {"),
                new Mutant(
                        "a fraction of other numbers is taken for ours",
                        "TokenBucket",
                        "return state.units() > 0 && state.more(0) != unitsPerMicro;",
                        "return false;"),
                new Mutant(
                        "our own fraction is rounded up",
                        "TokenBucket",
                        "return state.units() > 0 && state.more(0) != unitsPerMicro;",
                        "return state.units() > 0;"),
                new Mutant(
                        "a fraction of other numbers is rounded down",
                        "TokenBucket",
                        "long micros = state.micros() + 1;",
                        "long micros = state.micros();"),
                new Mutant(
                        "a state that was rounded up is mended",
                        "TokenBucket",
                        "isForeign(state) && maxUnits > 0 ? maxMicros + 1 :",
                        "false ? 0 :"),
                new Mutant(
                        "a fraction does not say its units",
                        "TokenBucket",
                        "new State(micros, units, parts);",
                        "new State(micros, units);"),
                new Mutant(
                        "the rate is in the name of a bucket",
                        "TokenBucket",
                        "return \"token-bucket \" + capacity",
                        "return burst() + \"token-bucket \" + capacity"),
                new Mutant(
                        "the permits are in the name of a window",
                        "Windowed",
                        "return words.replace(' ', '-')",
                        "return burst() + words.replace(' ', '-')"),
                new Mutant(
                        "what was given back is forgotten by other numbers",
                        "TokenBucket",
                        "return state.more(1) == 0 ?",
                        "return true ?"),
                new Mutant("a window goes on", "FixedWindow", "+ length - 1;", "+ length;"),
                new Mutant(
                        "any window's permits are given back",
                        "FixedWindow",
                        "if (state.hasPassed(nowMicros) || state.micros() != charged.micros()) {",
                        "if (state.hasPassed(nowMicros)) {"),
                new Mutant(
                        "the window before counts whole",
                        "SlidingCounter",
                        "return view.previous * (length - elapsed)",
                        "return view.previous * length"),
                new Mutant(
                        "the window before is given back from this one",
                        "SlidingCounter",
                        "long current = windowsSince == 0 ?",
                        "long current = windowsSince >= 0 ?"),
                new Mutant(
                        "the log forgets a microsecond early",
                        "SlidingLog",
                        "if (time + length <= nowMicros) {",
                        "if (time + length <= nowMicros + 1) {"),
                new Mutant(
                        "the log keeps the newest call only",
                        "SlidingLog",
                        ": with(view, now, cost, state, 2);",
                        ": new State(now + length - 1, cost);"),
                new Mutant(
                        "another call's entry is given back",
                        "SlidingLog",
                        "if (times[i] == charged.micros() + 1 - length) {",
                        "if (times[i] >= charged.micros() + 1 - length) {"),
                new Mutant(
                        "a turn is told that is the next one's",
                        "TokenBucket",
                        "debt(charged, nowMicros) - cost * unitsPerPermit), unitsPerMicro);",
                        "debt(charged, nowMicros)), unitsPerMicro);"));
    }

    @Test
    void modelsFindNothingInTheArithmeticAsItIs() {
        assertThatCode(() -> MUTATION.runUnchanged(DecideCheck.class)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void faultIsNoticed(Mutant mutant) {
        assertThatThrownBy(() -> MUTATION.run(mutant, DecideCheck.class)).isInstanceOf(AssertionError.class);
    }
}
