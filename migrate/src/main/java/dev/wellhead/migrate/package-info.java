/**
 * Versioned SQL migrations for PostgreSQL and SQLite: numbered files, each run once, in order, in one transaction with
 * its row in the history, however many processes start at the same time and whenever one of them is killed.
 *
 * <pre>{@code
 * Migrator migrator = Migrator.builder(dataSource)
 *         .source(MigrationSource.classpath("migrations"))
 *         .build();
 * System.out.println(migrator.plan());
 * migrator.migrate();
 * }</pre>
 */
@NullMarked
package dev.wellhead.migrate;

import org.jspecify.annotations.NullMarked;
