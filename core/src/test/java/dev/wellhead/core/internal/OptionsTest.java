package dev.wellhead.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void refusedNumberNamesOptionBoundAndValue() {
        assertThatThrownBy(() -> Options.atLeast("maxSize", 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxSize must be >= 1, was 0");
    }

    @Test
    void durationMustBeAboveZeroAndFitInNanoseconds() {
        assertThat(Options.positiveNanos("timeout", Duration.ofMillis(5))).isEqualTo(5_000_000L);
        assertThatThrownBy(() -> Options.positiveNanos("timeout", Duration.ZERO))
                .hasMessage("timeout must be > 0, was PT0S");
        assertThatThrownBy(() -> Options.positiveNanos("timeout", Duration.ofSeconds(Long.MAX_VALUE)))
                .hasMessageStartingWith("timeout must be at most 292 years");
        assertThat(Options.nonNegativeNanos("timeout", Duration.ZERO)).isZero();
        assertThatThrownBy(() -> Options.nonNegativeNanos("timeout", Duration.ofNanos(-1)))
                .hasMessage("timeout must be >= 0, was PT-0.000000001S");
    }

    @Test
    void everyBrokenRelationIsReportedAtOnce() {
        Options options = Options.of("pool 'orders'")
                .require(false, "a > b")
                .require(true, "fine")
                .require(false, "c > d");

        assertThatThrownBy(options::check).hasMessage("pool 'orders': a > b; c > d");
    }

    @Test
    void namesAreFitForThreadsMetricsAndKeys() {
        assertThat(Options.name("name", "orders-1.eu")).isEqualTo("orders-1.eu");
        assertThatThrownBy(() -> Options.name("name", "a\nb")).hasMessageContaining("was 'a\\nb'");
    }

    @Property
    void nameIsAnythingThatTheMessageAllows(
            @ForAll @Chars({'a', 'Z', '0', '9', '.', '_', '-', '\u00e9', ' ', '/'}) @StringLength(max = 70)
                    String text) {
        boolean allowed = text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

        if (allowed) {
            assertThat(Options.name("name", text)).isEqualTo(text);
        } else {
            assertThatThrownBy(() -> Options.name("name", text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
