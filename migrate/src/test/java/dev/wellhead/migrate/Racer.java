package dev.wellhead.migrate;

import dev.wellhead.jdbc.DirectDataSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** A process that migrates like others at the same time, and says how many migrations it applied. */
final class Racer {
    static final String RESULT = "migrations of this racer: ";
    private static final int COUNT = 20;

    private Racer() {}

    static Migration[] migrations() {
        List<Migration> migrations = new ArrayList<>();
        migrations.add(Migration.of("0", "table", "create table once (version int)"));
        for (int i = 1; i < COUNT; i++) {
            migrations.add(Migration.of(
                    "" + i, "number " + i, "create table t" + i + " (id int); insert into once values (" + i + ")"));
        }
        return migrations.toArray(Migration[]::new);
    }

    public static void main(String[] arguments) {
        DirectDataSource dataSource = arguments[1].isEmpty()
                ? DirectDataSource.of(arguments[0])
                : DirectDataSource.of(arguments[0], arguments[1], arguments[2]);
        MigrationReport report = Migrator.builder(dataSource)
                .source(MigrationSource.of(migrations()))
                .build()
                .migrate();
        LoggerFactory.getLogger(Racer.class).warn("{}{}", RESULT, report.steps().size());
    }
}
