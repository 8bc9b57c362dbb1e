/** Versioned SQL migrations for PostgreSQL and SQLite. */
module dev.wellhead.migrate {
    requires static org.jspecify;
    requires transitive dev.wellhead.core;
    requires transitive java.sql;
    requires transitive dev.wellhead.jdbc;
    requires org.slf4j;
    // COPY ... FROM stdin goes through the driver's CopyManager, if the driver is there.
    requires static org.postgresql.jdbc;

    exports dev.wellhead.migrate;
}
