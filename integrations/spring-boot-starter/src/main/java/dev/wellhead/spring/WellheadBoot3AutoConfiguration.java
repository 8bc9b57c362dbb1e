package dev.wellhead.spring;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Tells an application of Spring Boot 3 what it misses with the starter for Spring Boot 4 alone. */
@AutoConfiguration
@ConditionalOnClass(name = "org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails")
@ConditionalOnMissingClass("dev.wellhead.spring.boot3.Boot3ConnectionsAutoConfiguration")
@ConditionalOnProperty(name = "wellhead.enabled", matchIfMissing = true)
public final class WellheadBoot3AutoConfiguration {
    static final String ADVICE =
            "add dev.wellhead:wellhead-spring-boot3-starter, which has the parts of the starter for Spring Boot 3";
    private static final Logger LOG = LoggerFactory.getLogger(WellheadBoot3AutoConfiguration.class);

    WellheadBoot3AutoConfiguration() {}

    @Bean
    InitializingBean wellheadBoot3Advice() {
        return () -> LOG.warn(
                "wellhead: on Spring Boot 3 this starter alone has no health and knows neither service connections nor the"
                        + " address of Spring Data Redis; {}",
                ADVICE);
    }
}
