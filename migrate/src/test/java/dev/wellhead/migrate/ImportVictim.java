package dev.wellhead.migrate;

import dev.wellhead.jdbc.DirectDataSource;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A process that imports a history and stops before or behind its n-th commit, to be killed there. */
final class ImportVictim {
    static final String SIGN = "victim: ";
    static final String STOPPED = "stopped";

    private ImportVictim() {}

    public static void main(String[] arguments) {
        DirectDataSource dataSource = arguments[1].isEmpty()
                ? DirectDataSource.of(arguments[0])
                : DirectDataSource.of(arguments[0], arguments[1], arguments[2]);
        int stopsAt = Integer.parseInt(arguments[3]);
        Interceptor.Around stop = new Interceptor.Around() {
            private int points;

            @Override
            public void before(Object target, String method, Object[] arguments) throws InterruptedException {
                point(method, arguments);
            }

            @Override
            public void after(Object target, String method, Object[] arguments, @Nullable Object result)
                    throws InterruptedException {
                point(method, arguments);
            }

            private void point(String method, Object[] arguments) throws InterruptedException {
                boolean commits = method.equals("commit")
                        || (method.equals("execute") && arguments.length > 0 && "commit".equals(arguments[0]));
                if (commits && ++points == stopsAt) {
                    LoggerFactory.getLogger(ImportVictim.class).warn("{}{}", SIGN, STOPPED);
                    new CountDownLatch(1).await();
                }
            }
        };
        Migrator.builder(Interceptor.around(dataSource, stop))
                .source(MigrationSource.of(MigratorFixture.USERS, MigratorFixture.ORDERS, MigratorFixture.NAMES))
                .build()
                .history()
                .importFrom(ForeignHistory.DBMATE);
        LoggerFactory.getLogger(ImportVictim.class).warn("{}ended", SIGN);
    }
}
