package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.WellheadDataSource;
import dev.wellhead.testkit.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A Spring Boot application with the pool on its class path, and nothing of ours for Boot: one property switches it over. */
class SpringBootTest {
    // Not all that is on the class path, which other tests have filled.
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        DataSourceAutoConfiguration.class,
        DataSourceTransactionManagerAutoConfiguration.class,
        JdbcTemplateAutoConfiguration.class
    })
    static class Application {}

    @Test
    void typeOfTheDataSourceAloneMakesThePool() throws Exception {
        ConnectionPool pool;
        try (TestDatabase database = TestDatabase.postgres();
                ConfigurableApplicationContext application = start(
                        "--spring.datasource.type=dev.wellhead.pool.WellheadDataSource",
                        "--spring.datasource.url=" + database.url() + "?wellhead.maxSize=7&wellhead.acquireTimeout=3s",
                        "--spring.datasource.username=" + database.user(),
                        "--spring.datasource.password=" + database.password())) {
            DataSource dataSource = application.getBean(DataSource.class);
            JdbcTemplate jdbc = application.getBean(JdbcTemplate.class);
            TransactionTemplate transaction =
                    new TransactionTemplate(application.getBean(PlatformTransactionManager.class));

            jdbc.execute("create table birds (name text)");
            transaction.executeWithoutResult(status -> {
                jdbc.update("insert into birds values ('Parus major')");
                status.setRollbackOnly();
            });
            transaction.executeWithoutResult(status -> jdbc.update("insert into birds values ('Turdus merula')"));

            assertThat(dataSource).isInstanceOf(WellheadDataSource.class);
            assertThat(application.getBean(PlatformTransactionManager.class))
                    .isInstanceOf(JdbcTransactionManager.class);
            assertThat(jdbc.queryForList("select name from birds", String.class))
                    .containsExactly("Turdus merula");
            pool = ((WellheadDataSource) dataSource).pool();
            assertThat(pool.stats().maxSize()).isEqualTo(7);
            assertThat(pool.getLoginTimeout()).isEqualTo(3);
            assertThat(pool.stats().active()).isZero();
        }
        assertThat(pool.health().detail()).contains("is closed");
    }

    @Test
    void nothingOfOursForBootIsHere() {
        assertThat(Application.class.getClassLoader().getResource("dev/wellhead/spring/package-info.class"))
                .isNull();
    }

    private static ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .run(arguments);
    }
}
