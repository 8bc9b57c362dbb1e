package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {
    private static final double TARGET = 10;

    @ParameterizedTest
    @CsvSource({
        // Rounds on the good side, on the bad side.
        "1, 0, MET",
        "0, 1, MISSED",
        "1, 1, TIE",
        "4, 0, MET",
        "3, 1, TIE",
        "1, 3, TIE",
        "0, 4, MISSED",
        "5, 0, MET",
        "4, 1, MET",
        "3, 2, TIE",
        "2, 3, TIE",
        "1, 4, MISSED",
        "0, 5, MISSED",
        "8, 1, MET",
        "7, 2, TIE",
        "8, 2, MET",
        "7, 3, TIE",
        "2, 8, MISSED",
        "9, 2, MET",
        "8, 3, TIE",
        "3, 8, TIE",
        "2, 9, MISSED",
    })
    void oneRoundInFiveMayLieOnTheOtherSide(int good, int bad, Verdict expected) {
        List<Double> values = values(good, bad);

        assertThat(Verdict.of(Comparison.AT_MOST, TARGET, values)).isEqualTo(expected);
        assertThat(Verdict.of(Comparison.AT_LEAST, -TARGET, negated(values))).isEqualTo(expected);
    }

    @Test
    void targetItselfIsGood() {
        List<Double> exact = Collections.nCopies(5, TARGET);

        assertThat(Verdict.of(Comparison.AT_MOST, TARGET, exact)).isEqualTo(Verdict.MET);
        assertThat(Verdict.of(Comparison.AT_LEAST, TARGET, exact)).isEqualTo(Verdict.MET);
    }

    @Test
    void nothingIsSaidOfNoRoundsOrNoNumbers() {
        for (List<Double> values : List.of(List.<Double>of(), List.of(1.0, Double.NaN), List.of(1 / 0.0))) {
            assertThatThrownBy(() -> Verdict.of(Comparison.AT_MOST, TARGET, values))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Property
    void betterRoundNeverMakesTheVerdictWorse(
            @ForAll @Size(min = 1, max = 25) List<@DoubleRange(min = 0, max = 20) Double> values,
            @ForAll @IntRange(max = 24) int which,
            @ForAll @DoubleRange(min = 0, max = 20) double gain) {
        List<Double> better = new ArrayList<>(values);
        int index = which % values.size();
        better.set(index, values.get(index) - gain);

        assertThat(goodness(better)).isGreaterThanOrEqualTo(goodness(values));
        // A figure of which more is better is the mirror image.
        assertThat(Verdict.of(Comparison.AT_LEAST, -TARGET, negated(values)))
                .isEqualTo(Verdict.of(Comparison.AT_MOST, TARGET, values));
    }

    @Property
    void medianLiesOnTheSideOfTheVerdict(
            @ForAll @Size(min = 1, max = 25) List<@DoubleRange(min = 0, max = 20) Double> values) {
        Verdict verdict = Verdict.of(Comparison.AT_MOST, TARGET, values);

        if (verdict != Verdict.TIE) {
            assertThat(Median.of(values) <= TARGET).isEqualTo(verdict == Verdict.MET);
        }
    }

    @Property
    void orderOfTheRoundsDoesNotMatter(
            @ForAll @Size(min = 1, max = 25) List<@DoubleRange(min = 0, max = 20) Double> values,
            @ForAll Random random) {
        List<Double> shuffled = new ArrayList<>(values);
        Collections.shuffle(shuffled, random);

        assertThat(goodness(shuffled)).isEqualTo(goodness(values));
        assertThat(Median.of(shuffled)).isEqualTo(Median.of(values));
    }

    private static int goodness(List<Double> values) {
        return Arrays.asList(Verdict.MISSED, Verdict.TIE, Verdict.MET)
                .indexOf(Verdict.of(Comparison.AT_MOST, TARGET, values));
    }

    private static List<Double> values(int good, int bad) {
        List<Double> values = new ArrayList<>(Collections.nCopies(good, TARGET - 1));
        values.addAll(Collections.nCopies(bad, TARGET + 1));
        return values;
    }

    private static List<Double> negated(List<Double> values) {
        return DoubleStream.of(values.stream().mapToDouble(value -> -value).toArray())
                .boxed()
                .toList();
    }
}
