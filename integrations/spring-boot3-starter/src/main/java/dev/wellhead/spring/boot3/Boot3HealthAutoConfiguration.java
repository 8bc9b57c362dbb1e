package dev.wellhead.spring.boot3;

import dev.wellhead.spring.Overview;
import dev.wellhead.spring.StatusOrder;
import dev.wellhead.spring.WellheadOverviewAutoConfiguration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.autoconfigure.health.HealthEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.health.HealthEndpointProperties;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthContributor;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.actuate.health.StatusAggregator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Health of each part, below {@code wellhead}, on Spring Boot 3. What works with less is DEGRADED: worse than UP, and still
 * answered with HTTP status 200.
 */
@AutoConfiguration(after = WellheadOverviewAutoConfiguration.class, before = HealthEndpointAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(Overview.class)
@EnableConfigurationProperties(HealthEndpointProperties.class)
public final class Boot3HealthAutoConfiguration {
    private static final Status DEGRADED = new Status(dev.wellhead.core.Health.Status.DEGRADED.name());

    Boot3HealthAutoConfiguration() {}

    @Bean
    @ConditionalOnEnabledHealthIndicator("wellhead")
    @ConditionalOnMissingBean(name = {"wellheadHealthContributor", "wellheadHealthIndicator"})
    CompositeHealthContributor wellheadHealthContributor(Overview overview) {
        Map<String, HealthContributor> indicators = new LinkedHashMap<>();
        overview.healths().forEach((name, health) -> indicators.put(name, indicator(health)));
        return CompositeHealthContributor.fromMap(indicators);
    }

    private static HealthIndicator indicator(Supplier<Optional<dev.wellhead.core.Health>> health) {
        return () -> health.get()
                .map(Boot3HealthAutoConfiguration::of)
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
