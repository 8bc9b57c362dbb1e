package dev.wellhead.backup;

import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Where sequences stand. They are outside of every snapshot: what is read is their present state, which is never behind rows
 * that were read before.
 */
final class PostgresSequences {
    private static final String NAMES = """
            select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'S' and c.relpersistence <> 't' and not exists (select 1 from pg_depend d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            order by 1, 2""";

    private PostgresSequences() {}

    /** Returns all but those of extensions, by name. */
    static List<Manifest.Sequence> all(Connection connection) throws SQLException {
        List<TableName> names = new ArrayList<>();
        PostgresSession.eachRow(connection, NAMES, row -> names.add(new TableName(row.getString(1), row.getString(2))));
        List<Manifest.Sequence> sequences = new ArrayList<>();
        for (TableName name : names) {
            sequences.add(of(connection, name));
        }
        return sequences;
    }

    static Manifest.Sequence of(Connection connection, TableName name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select last_value, is_called from " + name.quoted())) {
            row.next();
            return new Manifest.Sequence(name, row.getLong(1), row.getBoolean(2));
        }
    }

    static void set(Connection connection, Manifest.Sequence sequence) throws SQLException {
        PostgresSession.queryOne(
                connection,
                "select setval(" + Identifiers.literal(sequence.name().quoted()) + "::regclass, " + sequence.last()
                        + ", " + sequence.called() + ")");
    }
}
