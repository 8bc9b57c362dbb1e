/** Backups of PostgreSQL and SQLite whose restores are verified. */
module dev.wellhead.backup {
    requires static org.jspecify;
    requires transitive dev.wellhead.core;
    requires transitive dev.wellhead.jdbc;
    requires transitive java.sql;
    requires org.slf4j;
    // The host brings the driver of its database.
    requires static org.postgresql.jdbc;
    requires static org.xerial.sqlitejdbc;

    exports dev.wellhead.backup;
}
