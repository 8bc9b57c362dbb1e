package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class SqliteDriftTest extends DriftContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }

    @Test
    void writerThatComesBetweenRunAndSnapshotIsWaitedFor() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        AtomicReference<Future<Boolean>> written = new AtomicReference<>();
        try (Connection writer = database.dataSource().getConnection();
                Statement statement = writer.createStatement()) {
            MigrationListener listener = new MigrationListener() {
                @Override
                public void onCompleted(MigrationReport.Step step) {
                    try {
                        statement.execute("begin immediate");
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                    written.set(other.submit(() -> {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
                        return statement.execute("commit");
                    }));
                }
            };
            Migrator migrator = builder(USERS).listener(listener).build();

            migrator.migrate();

            assertThat(written.get()).succeedsWithin(30, TimeUnit.SECONDS);
            assertThat(migrator.drift().isEmpty()).isTrue();
        } finally {
            other.shutdownNow();
        }
    }
}
