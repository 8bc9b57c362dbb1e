package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.Rights.Grant;
import dev.wellhead.backup.Rights.OfDatabase;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.RightsQueries;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Gives a restored database the {@link Rights} that a backup carries, once all that needs them otherwise is done. */
final class RightsRestore {
    /** Of a backup that carries none. */
    static final RightsRestore NONE = new RightsRestore(
            new Rights(
                    List.of(), List.of(), List.of(), List.of(), new Rights.Roles(List.of(), List.of(), List.of(), "")),
            false);

    private static final String MISSING = "select r from unnest(?) r where to_regrole(r) is null";

    // Before version 16 whoever is a member of a role may act for it.
    private static final String MAY_ACT = """
            pg_has_role(to_regrole(r), 'USAGE') and pg_has_role(to_regrole(r),
                case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end)
            """;
    private static final String BARRED = "select r from unnest(?) r where not (" + MAY_ACT + ")";
    private static final String MAY_OWN = "select r from unnest(?) r join pg_roles m on m.rolname = current_user"
            + " where (m.rolsuper or m.rolcreatedb) and " + MAY_ACT;

    // The lines of the catalogue that tell of owners.
    private static final String OWNER = "owner ";
    private static final Pattern ROLE_AT_END = Pattern.compile(" (?:\"(?:[^\"]|\"\")*\"|[^ \"]+)$");

    private final Rights rights;
    private final boolean given;

    /** @param given whether they are given; else only what the schema itself needs is looked for */
    RightsRestore(Rights rights, boolean given) {
        this.rights = rights;
        this.given = given;
    }

    /**
     * Looks whether the server has the roles, before anything is made.
     *
     * @param work what is to be done, for messages
     * @throws BackupException with this kind, if it has not
     */
    void requireRoles(Connection server, Kind kind, String work) throws SQLException {
        Set<String> needed = new TreeSet<>(rights.roles().inPolicies());
        if (given) {
            needed.addAll(rights.roles().named());
        }
        List<String> missing = ask(server, MISSING, needed);
        if (!missing.isEmpty()) {
            throw new BackupException(
                    kind,
                    work + ": the server has no role " + String.join(", ", missing)
                            + ", which the backup names; create them there"
                            + (given ? ", or restore withoutPrivileges()" : ""));
        }
        List<String> barred = given ? ask(server, BARRED, rights.roles().acting()) : List.of();
        if (!barred.isEmpty()) {
            throw new BackupException(
                    kind,
                    work + ": " + PostgresSession.queryOne(server, "select current_user") + " cannot act for role "
                            + String.join(", ", barred)
                            + ", to which objects of the backup belong; grant it membership in them, let a superuser"
                            + " do it, or restore withoutPrivileges()");
        }
    }

    /**
     * Looks whether the rights of the database that the connection is in can be changed, before anything is made.
     *
     * @throws BackupException if they cannot
     */
    void requireOwnDatabase(Connection target, String work) throws SQLException {
        if (given
                && !rights.ofDatabase().isEmpty()
                && PostgresSession.queryOne(
                                target,
                                "select pg_has_role(datdba, 'USAGE') from pg_database where datname = current_database()")
                        .equals("f")) {
            throw new BackupException(
                    Kind.NOT_RESTORED,
                    work + ": " + PostgresSession.queryOne(target, "select current_user")
                            + " does not own the target, and cannot give it "
                            + rights.ofDatabase().get(0).words()
                            + "; let its owner do it, or restore withoutPrivileges()");
        }
    }

    /** Changes what differs, and nothing else. */
    void give(Connection target) throws SQLException {
        if (!given) {
            return;
        }
        // An owner must be allowed to have something in a schema before it can be given anything there.
        give(target, sql -> sql.startsWith("alter schema ") || sql.contains(" on schema "));
        give(target, sql -> true);
        String name = Identifiers.quote(PostgresSession.queryOne(target, "select current_database()"));
        if (mayGiveDatabase(target)) {
            String sql =
                    "alter database " + name + " owner to " + rights.roles().owner();
            execute(target, sql, sql);
        }
        for (OfDatabase of : lacking(target, RightsReader.readStatements(target))) {
            execute(target, of.head() + name + of.tail(), of.words());
        }
    }

    private boolean mayGiveDatabase(Connection target) throws SQLException {
        return !ask(target, MAY_OWN, List.of(rights.roles().owner())).isEmpty();
    }

    // An owner has unasked whatever could be granted.
    private List<OfDatabase> lacking(Connection target, Rights found) throws SQLException {
        String owner = PostgresSession.queryOne(target, RightsQueries.DATABASE_OWNER);
        List<OfDatabase> lacking = new ArrayList<>(rights.ofDatabase());
        lacking.removeAll(found.ofDatabase());
        lacking.removeIf(of -> of.grantee().equals(owner));
        return lacking;
    }

    private void give(Connection target, Predicate<String> which) throws SQLException {
        List<String> found = RightsReader.readStatements(target).owners();
        List<String> owners = onlyOf(rights.owners(), found);
        owners.removeAll(Set.copyOf(found));
        // What an owner has unasked changes with the owner.
        execute(target, owners, which);
        Set<String> wanted = new LinkedHashSet<>(texts(rights.grants()));
        List<String> undoing = new ArrayList<>();
        for (Grant grant : RightsReader.readStatements(target).grants()) {
            if (!wanted.remove(grant.sql())) {
                undoing.add(grant.undo());
            }
        }
        execute(target, undoing, which);
        execute(target, wanted, which);
    }

    /** Returns what is not as it was; what the database itself has besides is not looked at. */
    List<String> differences(Connection target) throws SQLException {
        if (!given) {
            return List.of();
        }
        Rights found = RightsReader.read(target);
        SortedSet<String> wanted = all(rights, onlyOf(rights.owners(), found.owners()));
        SortedSet<String> now = all(found, onlyOf(found.owners(), rights.owners()));
        now.removeIf(line ->
                line.startsWith(OWNER) && onlyOf(List.of(line), rights.lines()).isEmpty());
        List<String> differences = new ArrayList<>(Differences.ofRights(wanted, now));
        for (OfDatabase of : lacking(target, found)) {
            differences.add("the database lacks " + of.words());
        }
        if (!found.roles().owner().equals(rights.roles().owner()) && mayGiveDatabase(target)) {
            differences.add("the database belongs to " + found.roles().owner() + ", and belonged to "
                    + rights.roles().owner());
        }
        return differences;
    }

    /**
     * Returns what is said of the owners of things of which the others say something as well: not on each version of the server
     * the same things have an owner of their own, as the multirange that there is for each range. Whether the things
     * themselves are there is told by the schema.
     */
    private static List<String> onlyOf(List<String> owners, List<String> others) {
        Set<String> things = new HashSet<>();
        others.forEach(line -> things.add(thing(line)));
        return new ArrayList<>(
                owners.stream().filter(line -> things.contains(thing(line))).toList());
    }

    /** Returns a line without the owner, who stands at its end. */
    private static String thing(String line) {
        return ROLE_AT_END.matcher(line).replaceFirst("");
    }

    private static SortedSet<String> all(Rights rights, List<String> owners) {
        SortedSet<String> all = new TreeSet<>(rights.lines());
        all.addAll(owners);
        all.addAll(texts(rights.grants()));
        return all;
    }

    private static List<String> texts(List<Grant> grants) {
        return grants.stream().map(Grant::sql).toList();
    }

    private static List<String> ask(Connection server, String sql, Iterable<String> roles) throws SQLException {
        List<String> list = new ArrayList<>();
        roles.forEach(list::add);
        Array names = server.createArrayOf("text", list.toArray());
        try (PreparedStatement statement = server.prepareStatement(sql)) {
            statement.setArray(1, names);
            List<String> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
            return found;
        }
    }

    private static void execute(Connection target, Iterable<String> statements, Predicate<String> which)
            throws SQLException {
        for (String sql : statements) {
            if (which.test(sql)) {
                execute(target, sql, sql);
            }
        }
    }

    private static void execute(Connection target, String sql, String words) throws SQLException {
        try {
            PostgresSession.execute(target, sql);
        } catch (SQLException e) {
            throw new SQLException("not to be had: " + words + ": " + e.getMessage(), e.getSQLState(), e);
        }
    }
}
