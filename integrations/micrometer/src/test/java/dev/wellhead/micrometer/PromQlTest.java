package dev.wellhead.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.micrometer.PromQl.Selector;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the other tests read expressions with tells right from wrong. */
class PromQlTest {
    @Test
    void findsMetricsLabelsAndGroups() {
        PromQl query = PromQl.parse("histogram_quantile(0.99, sum by (le, pool) (rate(a_bucket{pool=~\"x|y\", "
                + "instance!=\"z\"}[5m]))) > bool 0.1 and on (pool) b unless c{d=\"e\"} offset 1d");

        assertThat(query.selectors())
                .containsExactly(
                        new Selector("a_bucket", List.of("pool", "instance"), true),
                        new Selector("b", List.of(), false),
                        new Selector("c", List.of("d"), false));
        assertThat(query.grouped()).containsExactly("le", "pool");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "-a * (b + 1.5)",
                "sum(a) by (b)",
                "sum without (b, c) (rate(a[1h]))",
                "a{}",
                "topk(5, a)",
                "a != a or b",
                "clamp_min(sum(rate(a[5m])), 0.1)",
                "a / on (b) group_left (c) d",
                "time() - a",
            })
    void acceptsWhatPrometheusAccepts(String query) {
        assertThat(PromQl.parse(query)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "(a",
                "a)",
                "rate(a)",
                "rate(a[5m]",
                "a[5m]",
                "a[5m] > 1",
                "a[5]",
                "a[m]",
                "a{b}",
                "a{b=c}",
                "a{b=\"c}",
                "a{b=~\"(\"}",
                "a >",
                "a => b",
                "sum by a",
                "rat(a[5m])",
                "a$b",
                "sum by (a b) (c)",
                "sum()",
            })
    void refusesWhatPrometheusRefuses(String query) {
        assertThatThrownBy(() -> PromQl.parse(query)).isInstanceOfAny(IllegalArgumentException.class);
    }
}
