package dev.wellhead.migrate;

import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** A process with a small heap that migrates from a folder. */
final class LargeFileVictim {
    static final String RESULT = "large files applied: ";

    private LargeFileVictim() {}

    public static void main(String[] arguments) {
        DirectDataSource dataSource = arguments[2].isEmpty()
                ? DirectDataSource.of(arguments[1])
                : DirectDataSource.of(arguments[1], arguments[2], arguments[3]);
        MigrationReport report = Migrator.builder(dataSource)
                .source(MigrationSource.directory(Path.of(arguments[0])))
                .build()
                .migrate();
        LoggerFactory.getLogger(LargeFileVictim.class)
                .warn(
                        "{}{} with a heap of {} MB",
                        RESULT,
                        report.steps().size(),
                        Runtime.getRuntime().maxMemory() >> 20);
    }
}
