package dev.wellhead.migrate;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tools whose history {@link MigrationHistory#importFrom} takes over. Each is told by the name of its table and by its
 * columns. The page of the module says what becomes of failed, undone and repeatable migrations of each.
 */
public enum ForeignHistory {
    /** Flyway: {@code flyway_schema_history}. Its checksums are compared with the files. */
    FLYWAY(
            "Flyway",
            "flyway_schema_history",
            "installed_rank version description type script checksum installed_by installed_on execution_time success",
            false),
    /** Liquibase: {@code databasechangelog}. Its checksums are not of files, and are not compared. */
    LIQUIBASE("Liquibase", "databasechangelog", "id author filename dateexecuted orderexecuted exectype md5sum", false),
    /** golang-migrate: {@code schema_migrations} with one row; it stands for all versions up to its own. */
    GOLANG_MIGRATE("golang-migrate", "schema_migrations", "version dirty", true),
    /** dbmate: {@code schema_migrations} with a row for each version. Rails makes the same table. */
    DBMATE("dbmate", "schema_migrations", "version", true),
    /** goose: {@code goose_db_version}, a log of which the latest row of each version counts. */
    GOOSE("goose", "goose_db_version", "id version_id is_applied tstamp", false),
    /** diesel: {@code __diesel_schema_migrations}. */
    DIESEL("diesel", "__diesel_schema_migrations", "version run_on", false);

    /** What people call it. */
    final String title;
    /** What it calls its table unless it is told otherwise. */
    final String table;

    private final String columns;
    private final boolean noOthers;

    ForeignHistory(String title, String table, String columns, boolean noOthers) {
        this.title = title;
        this.table = table;
        this.columns = columns;
        this.noOthers = noOthers;
    }

    /** Returns whether a table with these columns, in small letters, is one of this tool. */
    boolean hasMade(Set<String> found) {
        Set<String> made = Set.of(columns.split(" "));
        return noOthers ? found.equals(made) : found.containsAll(made);
    }

    /** Returns the tool that made a table, null if it is none of these. */
    static @Nullable ForeignHistory of(String table, Set<String> found) {
        for (ForeignHistory tool : values()) {
            if (tool.table.equals(table.toLowerCase(Locale.ROOT)) && tool.hasMade(found)) {
                return tool;
            }
        }
        return null;
    }

    /** Returns the call that takes its history over, for messages. */
    String call() {
        return "history().importFrom(ForeignHistory." + name() + ")";
    }
}
