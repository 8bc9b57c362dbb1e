package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {
    @Test
    void partsAreComparedAsNumbers() {
        assertThat(List.of("0", "1", "1.2", "1.10", "2", "10", "10.0.1", "20261122103000", "99999999999999999999999"))
                .extracting(Version::parse)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void leadingAndTrailingZerosMeanNothing() {
        assertThat(Version.parse("001")).isEqualTo(Version.parse("1")).isEqualTo(Version.parse("1.0.00"));
        assertThat(Version.parse("001").hashCode()).isEqualTo(Version.parse("1").hashCode());
        assertThat(Version.parse("1_02")).isEqualTo(Version.parse("1.2"));
        assertThat(Version.parse("000").isZero()).isTrue();
        assertThat(Version.parse("1.0.3")).hasToString("1.0.3");
    }

    @Test
    void namesComeBehindAllNumbers() {
        assertThat(List.of("0", "99999999999", "R__1", "R__a", "R__a_b", "R__b"))
                .extracting(Version::parse)
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(Version.parse("R__a")).isEqualTo(Version.parse("R__a")).hasToString("R__a");
        assertThat(Version.parse("R__a").isRepeatable()).isTrue();
        assertThat(Version.parse("R__a").isZero()).isFalse();
        assertThat(Version.isOne("R__a")).isTrue();
        assertThatThrownBy(() -> Version.parseNumber("R__a")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"R__", "r__a", "R_a", "", "a", "1.", ".1", "1..2", "-1", "1 ", "\u0661"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Version.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version");
    }

    @Property
    void orderIsThatOfTheNumbers(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 20) Integer> left,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 20) Integer> right) {
        int expected = 0;
        for (int i = 0; i < 4 && expected == 0; i++) {
            expected = Integer.compare(i < left.size() ? left.get(i) : 0, i < right.size() ? right.get(i) : 0);
        }

        int order = version(left).compareTo(version(right));

        assertThat(Integer.signum(order)).isEqualTo(expected);
        assertThat(version(left).equals(version(right))).isEqualTo(expected == 0);
    }

    private static Version version(List<Integer> parts) {
        return Version.parse(parts.stream().map(part -> "0" + part).collect(Collectors.joining(".")));
    }
}
