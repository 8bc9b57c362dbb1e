package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.migrate.StatementProbe.Finding;
import dev.wellhead.migrate.StatementProbe.Verdict;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the index that a CREATE INDEX CONCURRENTLY makes: one that is not valid is what a broken attempt left, a valid
 * one is the result if its definition is that of the statement. Definitions are compared as PostgreSQL itself writes
 * them: the same index is made on an empty temporary copy of the table, in a transaction that is rolled back.
 */
final class IndexProbe {
    private static final String INDEXES = "select c.relname, n.nspname, i.indisvalid and i.indisready,"
            + " pg_catalog.pg_get_indexdef(i.indexrelid), i.indrelid = to_regclass(?),"
            + " (select p.pid from pg_catalog.pg_stat_progress_create_index p where p.index_relid = i.indexrelid"
            + " or p.relid = i.indrelid and not i.indisvalid limit 1)"
            + " from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid"
            + " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
            + " where c.relnamespace = (select relnamespace from pg_catalog.pg_class where oid = to_regclass(?))"
            + " and (cast(? as text) is null and i.indrelid = to_regclass(?) or c.relname = ?)";
    private static final String COPY = "wellhead_probe";

    private final Connection connection;
    private final IndexStatement wanted;

    IndexProbe(Connection connection, IndexStatement wanted) {
        this.connection = connection;
        this.wanted = wanted;
    }

    private record Index(
            String name,
            String schema,
            boolean valid,
            String definition,
            boolean onTable,
            @Nullable String builder) {
        String quoted() {
            return Identifiers.quote(schema, name);
        }
    }

    /**
     * Looks.
     *
     * @throws SQLException as for a lock that could not be had, while another process builds the index
     */
    Finding look() throws SQLException {
        List<Index> found = indexes();
        if (found.isEmpty()) {
            return new Finding(Verdict.NOT_DONE, what() + " is not there");
        }
        String expected = null;
        for (Index index : found) {
            if (index.builder() != null) {
                // As a lock that others hold: it will be known later.
                throw new SQLException(
                        "index " + index.name() + " is being built by process " + index.builder(), "55P03");
            }
            expected = expected == null ? definitionOnCopy() : expected;
            boolean same = index.onTable() && normal(index.definition()).equals(expected);
            if (wanted.name() != null) {
                return named(index, same);
            }
            if (same) {
                return named(index, true);
            }
        }
        return new Finding(Verdict.NOT_DONE, what() + " is not there");
    }

    private Finding named(Index index, boolean same) {
        if (!index.valid()) {
            return new Finding(
                    Verdict.NOT_DONE,
                    "index " + index.name() + " is there but not valid",
                    List.of("drop index concurrently if exists " + index.quoted()));
        }
        return same
                ? new Finding(Verdict.DONE, "index " + index.name() + " is there and valid")
                : new Finding(
                        Verdict.UNKNOWN,
                        "there is an index " + index.name() + " with another definition: " + index.definition());
    }

    private String what() {
        return wanted.name() == null ? "the index on " + wanted.table() : "index " + wanted.name();
    }

    private List<Index> indexes() throws SQLException {
        String table = PostgresProbe.quoted(wanted.table());
        List<Index> indexes = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(INDEXES)) {
            query.setString(1, table);
            query.setString(2, table);
            query.setString(3, wanted.name());
            query.setString(4, table);
            query.setString(5, wanted.name());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    indexes.add(new Index(
                            row.getString(1),
                            row.getString(2),
                            row.getBoolean(3),
                            row.getString(4),
                            row.getBoolean(5),
                            row.getString(6)));
                }
            }
        }
        return indexes;
    }

    // Empty if the statement cannot be carried out on a copy; it then equals no definition.
    private String definitionOnCopy() throws SQLException {
        boolean outside = connection.getAutoCommit();
        connection.setAutoCommit(false);
        Savepoint before = connection.setSavepoint();
        try {
            Script.send(
                    connection,
                    "create temporary table " + COPY + " (like " + PostgresProbe.quoted(wanted.table()) + ")");
            Script.send(
                    connection,
                    "create " + (wanted.unique() ? "unique " : "") + "index " + COPY + "_index on pg_temp." + COPY + " "
                            + wanted.definition());
            String definition = PostgresProbe.one(
                    connection, "select pg_catalog.pg_get_indexdef(cast(? as regclass))", "pg_temp." + COPY + "_index");
            return definition == null ? "" : normal(definition);
        } catch (SQLException e) {
            if (e.getSQLState() == null || e.getSQLState().startsWith("08")) {
                throw e;
            }
            return "";
        } finally {
            if (!connection.isClosed()) {
                connection.rollback(before);
                if (outside) {
                    connection.rollback();
                    connection.setAutoCommit(true);
                }
            }
        }
    }

    /** Returns a definition without the names in it: uniqueness, and what follows the table. */
    private static String normal(String definition) {
        String unique = definition.startsWith("CREATE UNIQUE ") ? "unique " : "";
        return unique + definition.substring(definition.indexOf(" USING "));
    }
}
