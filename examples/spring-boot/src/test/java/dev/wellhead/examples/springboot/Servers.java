package dev.wellhead.examples.springboot;

import dev.wellhead.testkit.TestDatabase;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Where the servers of the tests are, as {@code @ServiceConnection} on a container says it. With Docker at hand, and Testcontainers among the
 * dependencies, this is a bean {@code @ServiceConnection PostgreSQLContainer}.
 */
@TestConfiguration(proxyBeanMethods = false)
class Servers {
    @Bean(destroyMethod = "close")
    TestDatabase database() {
        return TestDatabase.postgres();
    }

    @Bean
    JdbcConnectionDetails connectionDetails(TestDatabase database) {
        return new JdbcConnectionDetails() {
            @Override
            public String getUsername() {
                return database.user();
            }

            @Override
            public String getPassword() {
                return database.password();
            }

            @Override
            public String getJdbcUrl() {
                return database.url();
            }
        };
    }
}
