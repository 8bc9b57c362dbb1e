package dev.wellhead.backup;

import dev.wellhead.jdbc.internal.SchemaQueries;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

/**
 * What stands in the way of loading rows in any order, lifted and put back: triggers of the user, and foreign keys.
 *
 * <p>Foreign keys are switched off by {@code session_replication_role} where the role may set it. Where it may not (most
 * managed servers) they are dropped and created again, which checks every row as well. Triggers are disabled by name in
 * both cases, since those that fire ALWAYS or for a REPLICA heed no role.
 */
final class LoadGuards {
    private static final String TABLE = "format('alter table %I.%I ', n.nspname, c.relname)";
    private static final String OF_TRIGGERS = SchemaQueries.expanded("""
             from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace
            where {trigger} and g.tgenabled <> 'D' and c.relkind = 'r' and n.nspname <> 'information_schema'
                and n.nspname !~ '^pg_' order by n.nspname, c.relname, g.tgname""");

    // Those of partitions follow from their parents'.
    private static final String OF_FOREIGN_KEYS = """
             from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
            where k.contype = 'f' and k.conparentid = 0 order by n.nspname, c.relname, k.conname""";

    private final List<String> putBack;
    private final boolean byRole;

    private LoadGuards(List<String> putBack, boolean byRole) {
        this.putBack = putBack;
        this.byRole = byRole;
    }

    static LoadGuards lift(Connection connection) throws SQLException {
        List<String> enable = PostgresSession.queryAll(
                connection,
                "select " + TABLE
                        + " || 'enable' || case g.tgenabled when 'A' then ' always' when 'R' then ' replica' else '' end"
                        + " || format(' trigger %I', g.tgname)" + OF_TRIGGERS);
        runAll(
                connection,
                PostgresSession.queryAll(
                        connection, "select " + TABLE + " || format('disable trigger %I', g.tgname)" + OF_TRIGGERS));
        if (maySwitchRole(connection)) {
            return new LoadGuards(enable, true);
        }
        List<String> add = PostgresSession.queryAll(
                connection,
                "select " + TABLE + " || format('add constraint %I %s', k.conname, pg_get_constraintdef(k.oid))"
                        + OF_FOREIGN_KEYS);
        runAll(
                connection,
                PostgresSession.queryAll(
                        connection,
                        "select " + TABLE + " || format('drop constraint %I', k.conname)" + OF_FOREIGN_KEYS));
        add.addAll(enable);
        return new LoadGuards(add, false);
    }

    /** Makes a session one that may load. */
    void enter(Connection session) throws SQLException {
        if (byRole) {
            PostgresSession.execute(session, "set session_replication_role = replica");
        }
    }

    void restore(Connection connection) throws SQLException {
        runAll(connection, putBack);
    }

    private static boolean maySwitchRole(Connection connection) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            PostgresSession.execute(connection, "set local session_replication_role = replica");
            return true;
        } catch (SQLException e) {
            return false;
        } finally {
            connection.rollback(before);
        }
    }

    private static void runAll(Connection connection, List<String> statements) throws SQLException {
        for (String sql : statements) {
            PostgresSession.execute(connection, sql);
        }
    }
}
