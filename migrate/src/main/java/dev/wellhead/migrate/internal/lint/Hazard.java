package dev.wellhead.migrate.internal.lint;

import java.util.Locale;

/** All that lint finds. The names are what {@code -- wellhead:allow} takes; they never change. */
public enum Hazard {
    CREATE_INDEX(Severity.DANGER),
    DROP_INDEX(Severity.WARNING),
    REINDEX(Severity.DANGER),
    CONCURRENTLY_IN_TRANSACTION(Severity.DANGER),
    ADD_COLUMN_VOLATILE_DEFAULT(Severity.DANGER),
    ADD_COLUMN_NOT_NULL(Severity.DANGER),
    ADD_COLUMN_GENERATED(Severity.DANGER),
    ADD_COLUMN_SERIAL(Severity.DANGER),
    ADD_COLUMN_CONSTRAINT(Severity.WARNING),
    SET_NOT_NULL(Severity.DANGER),
    CHANGE_TYPE(Severity.DANGER),
    DROP_COLUMN(Severity.DANGER),
    RENAME_COLUMN(Severity.DANGER),
    ADD_FOREIGN_KEY(Severity.DANGER),
    ADD_CHECK(Severity.DANGER),
    ADD_UNIQUE(Severity.DANGER),
    ADD_PRIMARY_KEY(Severity.DANGER),
    ADD_EXCLUDE(Severity.DANGER),
    VALIDATE_IN_SAME_TRANSACTION(Severity.DANGER),
    DROP_TABLE(Severity.DANGER),
    RENAME_TABLE(Severity.DANGER),
    DROP_SCHEMA(Severity.DANGER),
    RENAME_SCHEMA(Severity.DANGER),
    TRUNCATE(Severity.WARNING),
    TRUNCATE_CASCADE(Severity.DANGER),
    DROP_CASCADE(Severity.DANGER),
    CLUSTER(Severity.DANGER),
    VACUUM_FULL(Severity.DANGER),
    LOCK_TABLE(Severity.WARNING),
    REFRESH_MATERIALIZED_VIEW(Severity.WARNING),
    CREATE_TRIGGER(Severity.WARNING),
    ATTACH_PARTITION(Severity.DANGER),
    DETACH_PARTITION(Severity.WARNING),
    SET_TABLESPACE(Severity.DANGER),
    SET_LOGGED(Severity.DANGER),
    SET_ACCESS_METHOD(Severity.DANGER),
    RENAME_ENUM_VALUE(Severity.DANGER),
    UPDATE_ALL(Severity.WARNING),
    DELETE_ALL(Severity.WARNING),
    ROWS_BEHIND_LOCK(Severity.WARNING),
    SEVERAL_EXCLUSIVE_LOCKS(Severity.WARNING),
    NO_LOCK_TIMEOUT(Severity.WARNING),
    JSON_COLUMN(Severity.ADVICE),
    CHAR_COLUMN(Severity.ADVICE),
    SERIAL_COLUMN(Severity.ADVICE),
    TIMESTAMP_COLUMN(Severity.ADVICE),
    INT_PRIMARY_KEY(Severity.ADVICE),
    SQLITE_ADD_COLUMN(Severity.DANGER),
    SQLITE_REBUILD(Severity.DANGER),
    SQLITE_FOREIGN_KEYS(Severity.WARNING),
    ALLOW_WITHOUT_REASON(Severity.DANGER),
    ALLOW_UNKNOWN(Severity.WARNING),
    ALLOW_UNUSED(Severity.ADVICE);

    /** How bad it is. */
    public enum Severity {
        /** Stops or breaks an application in use, or fails on a table with rows. */
        DANGER,
        /** May do so, by the size of the table or what the application does. */
        WARNING,
        /** Works, and is regretted later. */
        ADVICE
    }

    private final Severity severity;

    Hazard(Severity severity) {
        this.severity = severity;
    }

    /** Returns how bad it is. */
    public Severity severity() {
        return severity;
    }

    /** Returns the name of the rule, as {@code create-index}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
