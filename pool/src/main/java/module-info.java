/** Bounded JDBC connection pool. */
module dev.wellhead.pool {
    requires static org.jspecify;
    requires transitive dev.wellhead.core;
    requires transitive dev.wellhead.jdbc;
    requires transitive java.sql;
    requires static java.management;
    requires org.slf4j;

    exports dev.wellhead.pool;
}
