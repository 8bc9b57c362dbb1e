/**
 * A bounded JDBC connection pool: first come, first served, with deadlines that hold whatever the driver does, and with
 * connections that come back clean or not at all.
 *
 * <pre>{@code
 * try (ConnectionPool pool = ConnectionPool.builder("jdbc:postgresql://db/app")
 *         .credentials("app", secret)
 *         .maxSize(10)
 *         .build()) {
 *     try (Connection connection = pool.getConnection()) {
 *         // ...
 *     }
 * }
 * }</pre>
 *
 * <p>{@link dev.wellhead.pool.SqliteDatabase} joins two pools to what SQLite wants: one writer and many readers.
 */
@NullMarked
package dev.wellhead.pool;

import org.jspecify.annotations.NullMarked;
