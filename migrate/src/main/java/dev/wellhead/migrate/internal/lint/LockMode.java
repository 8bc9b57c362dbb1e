package dev.wellhead.migrate.internal.lint;

/** The locks that PostgreSQL has for tables, weakest first. */
public enum LockMode {
    /** Taken by SELECT. */
    ACCESS_SHARE("nothing but DROP, TRUNCATE, VACUUM FULL and most forms of ALTER TABLE"),
    /** Taken by SELECT FOR UPDATE. */
    ROW_SHARE("nothing but schema changes"),
    /** Taken by writes. */
    ROW_EXCLUSIVE("schema changes, and writes of the same rows"),
    /** Taken by VACUUM, and by whatever says CONCURRENTLY. */
    SHARE_UPDATE_EXCLUSIVE("other schema changes and VACUUM, but no reads and writes"),
    /** Taken by CREATE INDEX. */
    SHARE("all writes"),
    /** Taken by CREATE TRIGGER and foreign keys. */
    SHARE_ROW_EXCLUSIVE("all writes"),
    /** Taken by REFRESH MATERIALIZED VIEW CONCURRENTLY. */
    EXCLUSIVE("all writes, and SELECT FOR UPDATE"),
    /** Taken by most forms of ALTER TABLE. */
    ACCESS_EXCLUSIVE("all reads and writes");

    private final String blocks;

    LockMode(String blocks) {
        this.blocks = blocks;
    }

    /** Returns what waits while the lock is held, or behind one who waits for it. */
    public String blocks() {
        return blocks;
    }

    /** Returns its name as SQL has it. */
    public String words() {
        return name().replace('_', ' ');
    }

    /** Returns whether it keeps out everyone who writes. */
    boolean stopsWrites() {
        return compareTo(SHARE) >= 0;
    }
}
