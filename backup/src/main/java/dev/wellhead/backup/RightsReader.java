package dev.wellhead.backup;

import dev.wellhead.backup.Rights.Grant;
import dev.wellhead.backup.Rights.OfDatabase;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.CatalogObject;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.RightsQueries;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the {@link Rights} that a database has now. For one call of {@link #read}. */
final class RightsReader {
    // Their values are lists of names, and are kept as such.
    private static final Set<String> LISTS = Set.of(
            "local_preload_libraries",
            "search_path",
            "session_preload_libraries",
            "shared_preload_libraries",
            "temp_tablespaces",
            "unix_socket_directories");

    // Each new database has it, and its catalogue line tells whether somebody has made it anew.
    private static final String PUBLIC = "public (schema)";

    private final Connection connection;
    private final List<String> owners = new ArrayList<>();
    private final List<OfDatabase> ofDatabase = new ArrayList<>();
    private final SortedSet<String> named = new TreeSet<>();
    private final SortedSet<String> acting = new TreeSet<>();

    private RightsReader(Connection connection) {
        this.connection = connection;
    }

    /** Reads what the connection's snapshot sees; its search path must be empty. */
    static Rights read(Connection connection) throws SQLException {
        return new RightsReader(connection).rights(lines(connection));
    }

    /** As {@link #read}, without the lines of the catalogue. */
    static Rights readStatements(Connection connection) throws SQLException {
        return new RightsReader(connection).rights(List.of());
    }

    private Rights rights(List<String> lines) throws SQLException {
        PostgresSession.eachRow(connection, RightsQueries.OWNERS, this::owner);
        List<Grant> grants = new ArrayList<>();
        PostgresSession.eachRow(connection, RightsQueries.GRANTS, row -> {
            grants.add(new Grant(row.getString(1) + row.getString(2), row.getString(3)));
            roles(row);
        });
        PostgresSession.eachRow(connection, RightsQueries.DATABASE_GRANTS, row -> {
            String words = row.getString(1) + "it" + row.getString(2);
            ofDatabase.add(new OfDatabase(words, row.getString(1), row.getString(2), row.getString(4)));
            roles(row);
        });
        PostgresSession.eachRow(
                connection,
                RightsQueries.SETTINGS,
                row -> setting(row.getString(1), row.getString(2), row.getString(3)));
        PostgresSession.eachRow(
                connection,
                RightsQueries.COMMENT,
                row -> ofDatabase.add(new OfDatabase(
                        "its comment", "comment on database ", " is " + Identifiers.literal(row.getString(1)), "")));
        List<String> inPolicies = PostgresSession.queryAll(connection, RightsQueries.POLICY_ROLES);
        String owner = PostgresSession.queryOne(connection, RightsQueries.DATABASE_OWNER);
        named.add(owner);
        Rights.Roles roles = new Rights.Roles(inPolicies, List.copyOf(named), List.copyOf(acting), owner);
        return new Rights(owners, grants, ofDatabase, lines, roles);
    }

    private void owner(ResultSet row) throws SQLException {
        owners.add(row.getString(1));
        named.add(row.getString(2));
        // That of the schema public is there before anybody restores, and mostly the right one.
        if (!row.getBoolean(3)) {
            acting.add(row.getString(2));
        }
    }

    private void roles(ResultSet row) throws SQLException {
        if (!row.getString(4).equals("public")) {
            named.add(row.getString(4));
        }
        if (!row.getString(5).isEmpty()) {
            named.add(row.getString(5));
            acting.add(row.getString(5));
        }
    }

    private void setting(@Nullable String role, String name, String value) {
        String words = "its setting " + name;
        String head = "alter database ";
        if (role != null) {
            words += " of role " + role;
            head = "alter role " + role + " in database ";
            named.add(role);
        }
        ofDatabase.add(
                new OfDatabase(words, head, " set " + Identifiers.quote(name) + " to " + literals(name, value), ""));
    }

    private static String literals(String name, String value) {
        return LISTS.contains(name)
                ? names(value).stream().map(Identifiers::literal).collect(Collectors.joining(", "))
                : Identifiers.literal(value);
    }

    /** Takes a list of names apart: commas in between, each in double quotes where it needs some. */
    private static List<String> names(String list) {
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '"' && quoted && list.startsWith("\"", i + 1)) {
                name.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                names.add(name.toString());
                name.setLength(0);
            } else if (quoted || c != ' ') {
                name.append(c);
            }
        }
        names.add(name.toString());
        return names;
    }

    // Default privileges are told by the grants alone: the order in which their catalogue keeps them means nothing.
    private static List<String> lines(Connection connection) throws SQLException {
        return Catalog.of(connection).objects().stream()
                .filter(object -> object.kind().equals("owner") || object.kind().equals("privilege"))
                .filter(object -> !object.name().equals(PUBLIC))
                .map(CatalogObject::toString)
                .toList();
    }
}
