package dev.wellhead.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.internal.MetricCatalogue.Entry;
import dev.wellhead.core.internal.MetricCatalogue.Kind;
import org.junit.jupiter.api.Test;

class MetricCatalogueTest {
    @Test
    void namesAreDottedAndEndAsNoRegistryForbids() {
        assertThat(MetricCatalogue.all())
                .hasSizeGreaterThan(50)
                .allSatisfy(entry -> assertThat(entry.name())
                        .matches("wellhead\\.[a-z]+(\\.[a-z]+|\\.last(_verified)?_age_seconds)+")
                        // OpenMetrics keeps these for itself, and libraries cut them off.
                        .doesNotMatch(".*[._](total|created|bucket|info|count|sum)"));
    }

    @Test
    void timersAreInSecondsAndEveryMetricHasUnitAndDescription() {
        assertThat(MetricCatalogue.all()).allSatisfy(entry -> {
            assertThat(entry.kind() == Kind.TIMER ? entry.unit() : "s").isEqualTo("s");
            assertThat(entry.unit()).matches("s|By|1|\\{[a-z]+}");
            assertThat(entry.description()).isNotBlank().doesNotEndWith(".");
        });
        assertThat(MetricCatalogue.all().stream().map(Entry::description)).doesNotHaveDuplicates();
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThat(MetricCatalogue.find("wellhead.pool.wait"))
                .isEqualTo(MetricCatalogue.all().get(0));
        assertThat(MetricCatalogue.find("wellhead.pool.nothing")).isNull();
    }
}
