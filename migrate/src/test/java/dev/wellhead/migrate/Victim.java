package dev.wellhead.migrate;

import dev.wellhead.jdbc.DirectDataSource;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** A process that stops in the middle of its second migration, behind its first statement, to be killed there. */
final class Victim {
    private Victim() {}

    static Migration[] migrations() {
        return new Migration[] {
            Migration.of("001", "a", "create table a (id int)"),
            Migration.of("002", "b", "create table b (id int); insert into b values (1); select 'stop here'"),
            Migration.of("003", "c", "create table c (id int)")
        };
    }

    public static void main(String[] arguments) {
        DirectDataSource dataSource = arguments[1].isEmpty()
                ? DirectDataSource.of(arguments[0])
                : DirectDataSource.of(arguments[0], arguments[1], arguments[2]);
        Interceptor.Around stop = new Interceptor.Around() {
            @Override
            public void after(Object target, String method, Object[] arguments, Object result)
                    throws InterruptedException {
                boolean sends = method.equals("execute") && arguments.length > 0;
                if (sends && arguments[0].toString().contains("stop here")) {
                    LoggerFactory.getLogger(Victim.class).warn("inside 002");
                    new CountDownLatch(1).await();
                }
            }
        };
        Migrator.builder(Interceptor.around(dataSource, stop))
                .source(MigrationSource.of(migrations()))
                .build()
                .migrate();
    }
}
