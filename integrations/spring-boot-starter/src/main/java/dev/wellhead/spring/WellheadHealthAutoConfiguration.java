package dev.wellhead.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;

/**
 * Health of each part, below {@code wellhead}. What works with less is DEGRADED, as with Redis away: worse than UP, and
 * still answered with HTTP status 200.
 */
@AutoConfiguration(after = WellheadOverviewAutoConfiguration.class, before = HealthEndpointAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(Overview.class)
@EnableConfigurationProperties(HealthEndpointProperties.class)
public final class WellheadHealthAutoConfiguration {
    private static final Status DEGRADED = new Status(dev.wellhead.core.Health.Status.DEGRADED.name());

    WellheadHealthAutoConfiguration() {}

    @Bean
    @ConditionalOnEnabledHealthIndicator("wellhead")
    @ConditionalOnMissingBean(name = {"wellheadHealthContributor", "wellheadHealthIndicator"})
    CompositeHealthContributor wellheadHealthContributor(Overview overview) {
        Map<String, HealthIndicator> indicators = new LinkedHashMap<>();
        overview.healths().forEach((name, health) -> indicators.put(name, indicator(health)));
        return CompositeHealthContributor.fromMap(indicators);
    }

    private static HealthIndicator indicator(Supplier<Optional<dev.wellhead.core.Health>> health) {
        return () -> health.get()
                .map(WellheadHealthAutoConfiguration::of)
                .orElseGet(() -> Health.unknown().build());
    }

    private static Health of(dev.wellhead.core.Health health) {
        Health.Builder builder = switch (health.status()) {
            case UP -> Health.up();
            case DEGRADED -> Health.status(DEGRADED);
            case DOWN -> Health.down();
        };
        return builder.withDetail("detail", health.detail()).build();
    }

    // Boot's own order passes over what it does not know.
    @Bean
    @ConditionalOnMissingBean
    StatusAggregator healthStatusAggregator(HealthEndpointProperties properties) {
        return statuses -> new Status(StatusOrder.worst(
                properties.getStatus().getOrder(),
                statuses.stream().map(Status::getCode).toList()));
    }
}
