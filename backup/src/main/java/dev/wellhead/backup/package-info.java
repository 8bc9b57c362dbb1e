/**
 * Backups of PostgreSQL and SQLite from within the service that uses them, with no client program installed. Only what
 * was restored and compared with the snapshot that it came from counts as good.
 *
 * <pre>{@code
 * Backups backups = Backups.builder(Database.postgres(direct, migrations), BackupStore.directory(folder))
 *     .retention(Retention.builder().last(3).daily(7).weekly(4).build())
 *     .build();
 * try (BackupSchedule nightly = backups.daily(LocalTime.of(3, 0), zone).verifyByRestore().pruneAfterwards().start()) {
 *     serve();
 * }
 * }</pre>
 */
@NullMarked
package dev.wellhead.backup;

import org.jspecify.annotations.NullMarked;
