/** What pool, migrate and backup share: transactions, quoting, catalogue reading, advisory locks. */
module dev.wellhead.jdbc {
    requires static org.jspecify;
    requires transitive dev.wellhead.core;
    requires transitive java.sql;
    requires org.slf4j;

    exports dev.wellhead.jdbc;
    exports dev.wellhead.jdbc.internal to
            dev.wellhead.pool,
            dev.wellhead.migrate,
            dev.wellhead.backup;
}
