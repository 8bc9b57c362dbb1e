package dev.wellhead.migrate;

import dev.wellhead.jdbc.DirectDataSource;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** A process that stops before or behind its n-th statement, to be killed there. */
final class CrashVictim {
    static final String SIGN = "victim: ";
    static final String STOPPED = "stopped";

    private CrashVictim() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        CrashContract contract = (CrashContract)
                Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
        DirectDataSource dataSource = arguments[2].isEmpty()
                ? DirectDataSource.of(arguments[1])
                : DirectDataSource.of(arguments[1], arguments[2], arguments[3]);
        int stopsAt = Integer.parseInt(arguments[4]);
        MigrationListener listener = new MigrationListener() {
            private int points;

            @Override
            public void onStatementStarted(StatementEvent statement) {
                point("before", statement);
            }

            @Override
            public void onStatementCompleted(StatementEvent statement) {
                point("behind", statement);
            }

            private void point(String where, StatementEvent statement) {
                if (++points == stopsAt) {
                    LoggerFactory.getLogger(CrashVictim.class)
                            .warn("{}{} {} {}", SIGN, STOPPED, where, statement.sql());
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            }
        };
        contract.migrator(dataSource, listener).migrate();
        LoggerFactory.getLogger(CrashVictim.class).warn("{}ended", SIGN);
    }
}
