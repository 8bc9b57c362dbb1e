package dev.wellhead.migrate;

import dev.wellhead.jdbc.DirectDataSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a migrator was told about looking at schemas.
 *
 * @param snapshots whether a run stores what the schema is after it
 * @param schemas which schemas snapshots are of; empty for all
 * @param scratch where databases for trials may be created; null for the migrator's own server
 */
record InspectionOptions(
        boolean snapshots, Set<String> schemas, @Nullable DirectDataSource scratch) {}
