package dev.wellhead.benchmarks.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That every adapter opens what it is told to, or else the pools are not measured alike. */
class PoolKindTest {
    private final StubDatabase database = StubDatabase.start();
    private final PoolOptions options = PoolOptions.of(database, 3, 3).acquireTimeout(Duration.ofMillis(300));

    @ParameterizedTest
    @EnumSource
    void poolLendsAsManyAsItMayAndRefusesOneMore(PoolKind kind) throws SQLException {
        try (BenchedPool pool = opened(options, kind);
                Connection first = pool.get();
                Connection second = pool.get();
                Connection third = pool.get()) {
            assertThatThrownBy(pool::get).isInstanceOf(SQLException.class);
            for (Connection each : new Connection[] {first, second, third}) {
                try (PreparedStatement statement = each.prepareStatement("select 1")) {
                    assertThat(statement.execute()).isFalse();
                }
            }
        }
        assertThat(database.opened()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whatComesBackIsLentAgain(PoolKind kind) throws SQLException {
        try (BenchedPool pool = opened(options.leakDetection(true), kind)) {
            for (int i = 0; i < 20; i++) {
                pool.get().close();
            }
        }

        assertThat(database.opened()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = "FAIR_ABQ", mode = EnumSource.Mode.EXCLUDE)
    void validatedPoolReplacesWhatHasDied(PoolKind kind) throws SQLException {
        try (BenchedPool pool = kind.open(options.validated())) {
            database.goDown();
            database.comeBack();

            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> works(pool));
        }
    }

    @Test
    void labelsAreUniqueAndFindTheirPool() {
        for (PoolKind kind : PoolKind.values()) {
            assertThat(PoolKind.labelled(kind.label())).isSameAs(kind);
        }
        assertThatThrownBy(() -> PoolKind.labelled("c3p0")).hasMessage("no pool 'c3p0'");
    }

    private BenchedPool opened(PoolOptions options, PoolKind kind) throws SQLException {
        BenchedPool pool = kind.open(options);
        assertThat(database.open()).isEqualTo(3);
        // DBCP2 opens one more at first, to try.
        database.countAnew();
        return pool;
    }

    private static boolean works(BenchedPool pool) {
        try (Connection connection = pool.get();
                PreparedStatement statement = connection.prepareStatement("select 1")) {
            statement.execute();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }
}
