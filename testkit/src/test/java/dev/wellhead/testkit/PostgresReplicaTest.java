package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class PostgresReplicaTest {
    @Test
    void standbyShowsThePrimarysRowsRefusesWritesAndTakesThemOncePromoted() throws Exception {
        try (PostgresServer primary = PostgresServer.builder().start()) {
            primary.administrate("create table t (n int)");
            primary.administrate("insert into t values (1)");
            try (PostgresReplica replica = primary.replica()) {
                primary.administrate("insert into t values (2)");
                replica.awaitCaughtUp();
                assertThat(sum(replica)).isEqualTo(3);
                assertThatThrownBy(() -> execute(replica, "insert into t values (3)"))
                        .asInstanceOf(InstanceOfAssertFactories.type(SQLException.class))
                        .extracting(SQLException::getSQLState)
                        .isEqualTo("25006");

                primary.kill();
                replica.promote();

                execute(replica, "insert into t values (4)");
                assertThat(sum(replica)).isEqualTo(7);
            }
        }
    }

    @Test
    void killedStandbyFetchesWhatItMissed() throws Exception {
        try (PostgresServer primary = PostgresServer.builder().start();
                PostgresReplica replica = primary.replica()) {
            primary.administrate("create table t (n int)");

            replica.server().kill();
            primary.administrate("insert into t values (5)");
            // Without its slot the standby would find the segment gone after these.
            for (int i = 0; i < 3; i++) {
                primary.administrate("select pg_switch_wal()");
                primary.administrate("checkpoint");
            }
            replica.server().start();
            replica.awaitCaughtUp();

            assertThat(sum(replica)).isEqualTo(5);
        }
    }

    @Test
    void copyIsWholeThoughThePrimaryIsWrittenToMeanwhile() throws Exception {
        try (PostgresServer primary = PostgresServer.builder().start()) {
            primary.administrate("create table t (n int)");
            Thread writer = new Thread(() -> {
                for (int i = 0; i < 200; i++) {
                    primary.administrate("insert into t select 1 from generate_series(1, 100)");
                }
            });
            writer.start();

            try (PostgresReplica replica = primary.replica()) {
                writer.join();
                replica.awaitCaughtUp();

                assertThat(sum(replica)).isEqualTo(20_000);
            }
        }
    }

    @Test
    void tablespaceIsCopiedToAPlaceOfItsOwn() throws Exception {
        Path folder = WorkDirectory.fresh("tablespace");
        try (PostgresServer primary = PostgresServer.builder().start()) {
            primary.administrate("create tablespace elsewhere location '" + folder + "'");
            primary.administrate("create table t (n int) tablespace elsewhere");
            primary.administrate("insert into t values (6)");

            try (PostgresReplica replica = primary.replica()) {
                primary.administrate("insert into t values (7)");
                replica.awaitCaughtUp();

                assertThat(sum(replica)).isEqualTo(13);
            }
        } finally {
            WorkDirectory.delete(folder);
        }
    }

    @Test
    void closedReplicaLeavesNoSlotBehind() throws Exception {
        try (PostgresServer primary = PostgresServer.builder().start()) {
            primary.replica().close();

            try (Connection connection = primary.connect("postgres");
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select count(*) from pg_replication_slots")) {
                rows.next();
                assertThat(rows.getInt(1)).isZero();
            }
        }
    }

    private static int sum(PostgresReplica replica) throws SQLException {
        try (Connection connection = replica.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select sum(n) from t")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static void execute(PostgresReplica replica, String sql) throws SQLException {
        try (Connection connection = replica.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
