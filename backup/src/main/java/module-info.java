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
    // Where it is there, parts are packed with it.
    requires static com.github.luben.zstd_jni;

    // The host brings the client of its bucket.
    requires static software.amazon.awssdk.awscore;
    requires static software.amazon.awssdk.core;
    requires static software.amazon.awssdk.http;
    requires static software.amazon.awssdk.services.s3;

    exports dev.wellhead.backup;
}
