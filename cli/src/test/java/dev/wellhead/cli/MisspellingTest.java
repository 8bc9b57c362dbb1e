package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class MisspellingTest {
    private static final List<String> KNOWN = List.of("URL", "USER", "MIGRATIONS");

    @Example
    void wordThatIsNearlyAKnownOneIsFound() {
        assertThat(Misspelling.nearest("MIGRATOINS", KNOWN)).isEqualTo("MIGRATIONS");
        assertThat(Misspelling.nearest("MIGRATION", KNOWN)).isEqualTo("MIGRATIONS");
        assertThat(Misspelling.nearest("URI", KNOWN)).isEqualTo("URL");
        assertThat(Misspelling.nearest("USRE", KNOWN)).isEqualTo("USER");
    }

    @Example
    void wordThatIsKnownOrLikeNoneIsNotFound() {
        assertThat(Misspelling.nearest("URL", KNOWN)).isNull();
        assertThat(Misspelling.nearest("PASSWORD", KNOWN)).isNull();
        assertThat(Misspelling.nearest("", KNOWN)).isNull();
    }

    @Property
    void distanceIsNoLessThanTheDifferenceInLengthAndNoMoreThanTheLongerWord(
            @ForAll @StringLength(max = 8) @CharRange(from = 'A', to = 'C') String left,
            @ForAll @StringLength(max = 8) @CharRange(from = 'A', to = 'C') String right) {
        assertThat(Misspelling.distance(left, right))
                .isBetween(Math.abs(left.length() - right.length()), Math.max(left.length(), right.length()))
                .isEqualTo(Misspelling.distance(right, left));
        assertThat(Misspelling.distance(left, right) == 0).isEqualTo(left.equals(right));
    }

    @Property
    void oneSlipIsOneStep(
            @ForAll @StringLength(min = 2, max = 8) @CharRange(from = 'A', to = 'Z') String word,
            @ForAll @IntRange(max = 6) int place) {
        int at = place % (word.length() - 1);
        String less = word.substring(0, at) + word.substring(at + 1);
        String more = word.substring(0, at) + 'a' + word.substring(at);
        String other = word.substring(0, at) + 'a' + word.substring(at + 1);
        String swapped = word.substring(0, at) + word.charAt(at + 1) + word.charAt(at) + word.substring(at + 2);

        assertThat(List.of(less, more, other)).allMatch(slip -> Misspelling.distance(word, slip) == 1);
        assertThat(Misspelling.distance(word, swapped)).isEqualTo(swapped.equals(word) ? 0 : 1);
    }
}
