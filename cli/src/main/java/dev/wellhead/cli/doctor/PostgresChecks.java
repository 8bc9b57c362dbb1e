package dev.wellhead.cli.doctor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a PostgreSQL server says of itself and of the role that asks. Only reads. For one thread. */
public final class PostgresChecks {
    // "Final release" of https://www.postgresql.org/support/versioning/, as of October 2026; what is newer than the
    // newest here counts as looked after.
    private static final Map<Integer, LocalDate> END_OF_LIFE = Map.of(
            13, LocalDate.of(2025, 11, 13),
            14, LocalDate.of(2026, 11, 12),
            15, LocalDate.of(2027, 11, 11),
            16, LocalDate.of(2028, 11, 9),
            17, LocalDate.of(2029, 11, 8),
            18, LocalDate.of(2030, 11, 14));
    private static final int OLDEST_KNOWN = 13;
    private static final int NEWEST_KNOWN = 18;
    private static final int VERSION_FACTOR = 10_000;
    private static final Duration SKEW = Duration.ofSeconds(5);
    private static final int HAS_COLLATION_VERSIONS = 15;
    // No such setting before, and what others hold of one:
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private static final Set<String> NOT_FOR_US = Set.of("42704", "42501", "42883", "42703");

    private final Examination examination;
    private final Connection connection;
    private final Clock clock;
    private final PoolPlan pool;

    /** Starts the checks over this connection, which stays open. */
    public PostgresChecks(Examination examination, Connection connection, Clock clock, PoolPlan pool) {
        this.examination = examination;
        this.connection = connection;
        this.clock = clock;
        this.pool = pool;
    }

    @FunctionalInterface
    private interface Look {
        /** Makes a check. */
        void at(Rule rule) throws SQLException;
    }

    /**
     * Makes all checks.
     *
     * @throws SQLException if the connection is lost; a check that is not for this role or server is noted as skipped
     */
    public void examine() throws SQLException {
        int major = Integer.parseInt(one("show server_version_num")) / VERSION_FACTOR;
        look(Rule.END_OF_LIFE, rule -> endOfLife(rule, major));
        look(Rule.FSYNC_OFF, rule -> mustNotBe(rule, "fsync", "off", "set fsync = on, and reload"));
        look(
                Rule.FULL_PAGE_WRITES_OFF,
                rule -> mustNotBe(rule, "full_page_writes", "off", "set full_page_writes = on, and reload"));
        look(
                Rule.ASYNCHRONOUS_COMMIT,
                rule -> mustNotBe(
                        rule,
                        "synchronous_commit",
                        "off",
                        "set synchronous_commit = on; set it off in single transactions that may be lost"));
        look(Rule.AUTOVACUUM_OFF, rule -> mustNotBe(rule, "autovacuum", "off", "set autovacuum = on, and reload"));
        look(
                Rule.MD5_PASSWORDS,
                rule -> mustNotBe(
                        rule,
                        "password_encryption",
                        "md5",
                        "set password_encryption = 'scram-sha-256', then set the password of each role again"));
        look(
                Rule.IDLE_TRANSACTIONS,
                rule -> mustNotBe(
                        rule,
                        "idle_in_transaction_session_timeout",
                        "0",
                        "alter role \"" + role() + "\" set idle_in_transaction_session_timeout = '60s'"));
        look(
                Rule.ENDLESS_STATEMENTS,
                rule -> mustNotBe(
                        rule,
                        "statement_timeout",
                        "0",
                        "alter role \"" + role()
                                + "\" set statement_timeout = '30s'; migrate with another role, or set it to 0 there"));
        look(Rule.SUPERUSER, this::superuser);
        look(Rule.READ_ONLY, this::readOnly);
        look(
                Rule.SQL_ASCII,
                rule -> mustNotBe(
                        rule,
                        "server_encoding",
                        "SQL_ASCII",
                        "make a database with encoding 'UTF8', and move the data there"));
        look(Rule.CLOCK_SKEW, this::clockSkew);
        look(Rule.IDLE_SESSIONS_ENDED, this::idleSessions);
        look(Rule.FLEET_TOO_LARGE, this::fleet);
        look(Rule.PUBLIC_CREATE, this::publicCreate);
        if (major >= HAS_COLLATION_VERSIONS) {
            look(Rule.COLLATION_CHANGED, this::collation);
        } else {
            examination.skipped(Rule.COLLATION_CHANGED, "PostgreSQL knows it from 15 on");
        }
    }

    private void look(Rule rule, Look check) throws SQLException {
        try {
            check.at(rule);
            examination.looked(rule);
        } catch (SQLException e) {
            if (!NOT_FOR_US.contains(String.valueOf(e.getSQLState()))) {
                throw e;
            }
            examination.skipped(rule, "this server or role does not allow it, SQLState " + e.getSQLState());
        }
    }

    private void mustNotBe(Rule rule, String setting, String bad, String mend) throws SQLException {
        String value = one("select setting from pg_settings where name = '" + setting + "'");
        String source = one("select source from pg_settings where name = '" + setting + "'");
        examination.check(
                rule,
                value.equals(bad),
                setting,
                setting + " = " + value + ", by " + ("default".equals(source) ? "default" : source),
                mend);
    }

    private void endOfLife(Rule rule, int major) throws SQLException {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        LocalDate end = END_OF_LIFE.get(major);
        boolean over = end == null ? major < OLDEST_KNOWN : today.isAfter(end);
        examination.check(
                rule,
                over,
                "PostgreSQL " + one("show server_version"),
                end == null ? "its last release is long out" : "it came to its end on " + end,
                "upgrade to a version that is still looked after, as " + NEWEST_KNOWN + " is until "
                        + END_OF_LIFE.get(NEWEST_KNOWN));
    }

    private void superuser(Rule rule) throws SQLException {
        examination.check(
                rule,
                one("show is_superuser").equals("on"),
                "role " + role(),
                "it is a superuser",
                "create a role for the service that owns its schema, and no more");
    }

    private void readOnly(Rule rule) throws SQLException {
        boolean standby = isTrue("select pg_is_in_recovery()");
        boolean byDefault = one("show default_transaction_read_only").equals("on");
        examination.check(
                rule,
                standby || byDefault,
                standby ? "the server" : "default_transaction_read_only",
                standby ? "it is a standby" : "default_transaction_read_only = on",
                standby
                        ? "name all servers in the URL, with targetServerType=primary"
                        : "reset it for the role or the database: alter role \"" + role()
                                + "\" reset default_transaction_read_only");
    }

    private void clockSkew(Rule rule) throws SQLException {
        Instant before = clock.instant();
        Instant there = Instant.ofEpochMilli(
                Long.parseLong(one("select (extract(epoch from clock_timestamp()) * 1000)::bigint")));
        Instant after = clock.instant();
        Duration ahead = there.isAfter(after) ? Duration.between(after, there) : Duration.ZERO;
        Duration behind = there.isBefore(before) ? Duration.between(there, before) : Duration.ZERO;
        Duration skew = ahead.compareTo(behind) > 0 ? ahead : behind;
        examination.check(
                rule,
                skew.compareTo(SKEW) > 0,
                "clocks",
                "the server's is " + skew.toSeconds() + " s " + (ahead.isZero() ? "behind" : "ahead of")
                        + " this machine's",
                "let both follow a time service (NTP)");
    }

    private void idleSessions(Rule rule) throws SQLException {
        String setting = optional("select setting from pg_settings where name = 'idle_session_timeout'");
        long millis = setting == null ? 0 : Long.parseLong(setting);
        examination.check(
                rule,
                millis > 0 && millis <= pool.keepalive().toMillis(),
                "idle_session_timeout",
                "idle_session_timeout = " + millis + " ms, and the pool's keepalive is "
                        + pool.keepalive().toSeconds() + " s",
                "set wellhead.keepalive in the URL below it, or idle_session_timeout to 0 for this role");
    }

    private void fleet(Rule rule) throws SQLException {
        long most = Long.parseLong(one("show max_connections"));
        long kept = Long.parseLong(one("show superuser_reserved_connections"));
        String reserved = optional("select setting from pg_settings where name = 'reserved_connections'");
        kept += reserved == null ? 0 : Long.parseLong(reserved);
        List<String> bounds = new ArrayList<>();
        long free = most - kept;
        bounds.add("max_connections = " + most + " with " + kept + " reserved leaves " + free);
        long forRole = Long.parseLong(one("select rolconnlimit from pg_roles where rolname = current_user"));
        long forDatabase =
                Long.parseLong(one("select datconnlimit from pg_database where datname = current_database()"));
        if (forRole >= 0) {
            bounds.add("role " + role() + " may have " + forRole);
        }
        if (forDatabase >= 0) {
            bounds.add("the database takes " + forDatabase);
        }
        long allowed = least(free, forRole, forDatabase);
        examination.check(
                rule,
                pool.all() > allowed,
                "connections of all instances",
                pool.inWords() + " connections; " + String.join("; ", bounds),
                "make pools smaller: 10 for each instance go a long way; or put a pooler between, or raise max_connections");
    }

    private static long least(long free, long forRole, long forDatabase) {
        long least = free;
        if (forRole >= 0) {
            least = Math.min(least, forRole);
        }
        return forDatabase >= 0 ? Math.min(least, forDatabase) : least;
    }

    private void publicCreate(Rule rule) throws SQLException {
        boolean open = isTrue(
                "select exists (select from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a"
                        + " where n.nspname = 'public' and a.grantee = 0 and a.privilege_type = 'CREATE')");
        examination.check(
                rule, open, "schema public", "PUBLIC has CREATE on it", "revoke create on schema public from public");
    }

    private void collation(Rule rule) throws SQLException {
        String then = optional("select datcollversion from pg_database where datname = current_database()");
        String now = optional("select pg_database_collation_actual_version(oid) from pg_database"
                + " where datname = current_database()");
        examination.check(
                rule,
                then != null && now != null && !then.equals(now),
                "collation of the database",
                "made with version " + then + ", the system has " + now,
                "reindex all indexes on text, then: alter database ... refresh collation version");
    }

    private String role() throws SQLException {
        return one("select current_user");
    }

    private boolean isTrue(String query) throws SQLException {
        return one(query).equals("t");
    }

    private String one(String query) throws SQLException {
        String value = optional(query);
        if (value == null) {
            throw new SQLException("no answer to: " + query, "42704");
        }
        return value;
    }

    private @Nullable String optional(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }
}
