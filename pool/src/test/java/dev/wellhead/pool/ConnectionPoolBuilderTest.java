package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.jdbc.DirectDataSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionPoolBuilderTest {
    private final ConnectionPool.Builder builder = FakeSource.pool(new FakeDatabase());

    @Test
    void settersRefuseBadValuesAtOnce() {
        assertThatThrownBy(() -> builder.maxSize(0)).hasMessage("maxSize must be >= 1, was 0");
        assertThatThrownBy(() -> builder.minIdle(-1)).hasMessageContaining("minIdle");
        assertThatThrownBy(() -> builder.maxWaiters(0)).hasMessageContaining("maxWaiters");
        assertThatThrownBy(() -> builder.name("two words")).hasMessageContaining("name");
        assertThatThrownBy(() -> builder.acquireTimeout(Duration.ZERO)).hasMessageContaining("acquireTimeout");
        assertThatThrownBy(() -> builder.connectTimeout(Duration.ZERO)).hasMessageContaining("connectTimeout");
        assertThatThrownBy(() -> builder.validationTimeout(Duration.ZERO)).hasMessageContaining("validationTimeout");
        assertThatThrownBy(() -> builder.maxLifetime(Duration.ZERO)).hasMessageContaining("maxLifetime");
        assertThatThrownBy(() -> builder.idleTimeout(Duration.ZERO)).hasMessageContaining("idleTimeout");
        assertThatThrownBy(() -> builder.leakThreshold(Duration.ZERO)).hasMessageContaining("leakThreshold");
        assertThatThrownBy(() -> builder.slowQueryThreshold(Duration.ZERO)).hasMessageContaining("slowQueryThreshold");
        assertThatThrownBy(() -> builder.slowQueriesKept(0)).hasMessage("slowQueriesKept must be >= 1, was 0");
    }

    @Test
    void connectionInitIsCheckedAtOnceAndShowsNoLiteral() {
        assertThatThrownBy(() -> builder.connectionInit("select 1", " "))
                .hasMessage("connectionInit must hold SQL, was blank");
        assertThatThrownBy(() -> builder.connectionInit("set x = 'secret'; begin"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("connectionInit must not begin a transaction")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> builder.sessionReset(null)).hasMessage("sessionReset");
    }

    @Test
    void buildReportsAllBrokenRelationsTogether() {
        builder.maxSize(2).minIdle(3).credentials("user", "password");

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pool 'test'")
                .hasMessageContaining("minIdle 3 must be <= maxSize 2")
                .hasMessageContaining("credentials and driver properties need a JDBC URL")
                .hasMessageNotContaining("'password'");
    }

    @Test
    void directNeedsAUrl() {
        try (ConnectionPool pool = builder.build()) {
            assertThatThrownBy(pool::direct)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("pool 'test' was built from a DataSource");
        }
        DirectDataSource known = DirectDataSource.of("jdbc:sqlite:unused.db");
        try (ConnectionPool pool = ConnectionPool.builder(known).minIdle(0).build()) {
            assertThat(pool.direct()).isSameAs(known);
        }
    }

    @Test
    void smallPoolNeedsNoWordOnItsReserve() {
        try (ConnectionPool pool = ConnectionPool.builder(new FakeSource(new FakeDatabase()))
                .maxSize(1)
                .withoutMaxLifetime()
                .withoutIdleTimeout()
                .withoutLeakDetection()
                .build()) {
            assertThat(pool.stats().maxSize()).isEqualTo(1);
            assertThat(pool.getLoginTimeout()).isEqualTo(5);
            assertThat(pool.toString()).startsWith("ConnectionPool[main, size ");
            assertThat(pool.isWrapperFor(ConnectionPool.class)).isTrue();
        }
    }

    @Test
    void aPoolTellsItsName() {
        try (ConnectionPool named = builder.name("orders").build();
                ConnectionPool plain = ConnectionPool.builder(new FakeSource(new FakeDatabase()))
                        .build()) {
            assertThat(named.name()).isEqualTo("orders");
            assertThat(plain.name()).isEqualTo("main");
        }
    }
}
