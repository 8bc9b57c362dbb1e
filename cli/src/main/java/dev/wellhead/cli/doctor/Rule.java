package dev.wellhead.cli.doctor;

import org.jspecify.annotations.Nullable;

/** What is looked at. The codes never change. */
public enum Rule {
    OLD_LIBRARY(
            "WH-DOCTOR-001",
            Severity.PROBLEM,
            "a driver with known vulnerabilities",
            "its faults are published, and so is how to use them"),
    UNVERIFIED_TLS(
            "WH-DOCTOR-002",
            Severity.PROBLEM,
            "PostgreSQL over a network without a verified certificate",
            "whoever is on the way can read and change everything, or answer in the server's place and be given the password's proof"),
    SIMPLE_QUERIES(
            "WH-DOCTOR-003",
            Severity.PROBLEM,
            "preferQueryMode=simple",
            "parameters are written into the text of the SQL by the driver, which once allowed injection (CVE-2024-1597), and no"
                    + " plan is kept"),
    NO_SOCKET_TIMEOUT(
            "WH-DOCTOR-004",
            Severity.WARNING,
            "no socketTimeout",
            "when a server or the network falls silent, a thread waits for its answer for ever, and a pool's connection with it"),
    ENDLESS_CONNECT(
            "WH-DOCTOR-005",
            Severity.WARNING,
            "connectTimeout=0",
            "a connect to a host that drops packets takes as long as the operating system likes, often minutes"),
    NO_KEEPALIVE(
            "WH-DOCTOR-006",
            Severity.WARNING,
            "no tcpKeepAlive",
            "a firewall forgets connections that are quiet, and neither side learns of it until the next query hangs"),
    CLASS_IN_URL(
            "WH-DOCTOR-007",
            Severity.WARNING,
            "a class or file named in the URL",
            "the driver loads whatever class the URL names, or writes to the file: whoever can change the URL runs code"
                    + " (CVE-2022-21724)"),
    FLEET_TOO_LARGE(
            "WH-DOCTOR-010",
            Severity.PROBLEM,
            "pools of all instances above max_connections",
            "the last instances to start, or a deployment that runs two generations at once, get 'too many clients'"),
    ENDLESS_LIFE(
            "WH-DOCTOR-011",
            Severity.WARNING,
            "pool without maxLifetime",
            "connections are never renewed: after a failover or a change of DNS some lead to the old server, and server"
                    + " processes keep the memory of all that they ever did"),
    LONG_WAIT(
            "WH-DOCTOR-012",
            Severity.WARNING,
            "pool whose callers wait for more than 30 s",
            "callers have given up by then, while their requests still queue, and an outage spreads to whoever calls"),
    LEAKS_UNSEEN(
            "WH-DOCTOR-013",
            Severity.WARNING,
            "pool without leak reports",
            "a connection that is never given back is found when all are gone, and nothing says who has them"),
    DATABASE_UNREACHABLE(
            "WH-DOCTOR-020", Severity.PROBLEM, "the database cannot be reached", "the service cannot reach it either"),
    END_OF_LIFE(
            "WH-DOCTOR-021",
            Severity.PROBLEM,
            "PostgreSQL past its end of life",
            "faults that lose data or let strangers in are no longer mended in it"),
    FSYNC_OFF(
            "WH-DOCTOR-022",
            Severity.PROBLEM,
            "fsync off",
            "when the machine loses power the whole cluster may be beyond repair"),
    FULL_PAGE_WRITES_OFF(
            "WH-DOCTOR-023",
            Severity.PROBLEM,
            "full_page_writes off",
            "a page that was half written in a crash stays so, unless the file system never writes half a page"),
    ASYNCHRONOUS_COMMIT(
            "WH-DOCTOR-024",
            Severity.WARNING,
            "synchronous_commit off",
            "what was committed in the last moments before a crash is lost, though clients were told it is safe"),
    AUTOVACUUM_OFF(
            "WH-DOCTOR-025",
            Severity.PROBLEM,
            "autovacuum off",
            "tables and indexes grow without end, plans get worse, and in the end the server refuses writes to save itself from"
                    + " transaction id wraparound"),
    MD5_PASSWORDS(
            "WH-DOCTOR-026",
            Severity.WARNING,
            "passwords stored as MD5",
            "who reads the stored form can log in with it, and guessing is cheap; newer servers will drop it"),
    IDLE_TRANSACTIONS(
            "WH-DOCTOR-027",
            Severity.WARNING,
            "no idle_in_transaction_session_timeout",
            "one transaction that somebody forgot keeps its locks and stops vacuum in the whole database, until a person finds"
                    + " it"),
    ENDLESS_STATEMENTS(
            "WH-DOCTOR-028",
            Severity.WARNING,
            "no statement_timeout",
            "a query gone wrong runs for hours, and goes on when its caller has long gone"),
    SUPERUSER(
            "WH-DOCTOR-029",
            Severity.WARNING,
            "the service connects as a superuser",
            "one hole in the service is then a shell on the database's machine, and row-level security does not hold"),
    READ_ONLY(
            "WH-DOCTOR-030",
            Severity.PROBLEM,
            "the URL leads to a server that takes no writes",
            "every write fails with SQLState 25006"),
    SQL_ASCII(
            "WH-DOCTOR-031",
            Severity.PROBLEM,
            "a database in SQL_ASCII",
            "the server checks no text: bytes of several encodings mix, and reading them fails later, for good"),
    CLOCK_SKEW(
            "WH-DOCTOR-032",
            Severity.WARNING,
            "clocks of server and this machine differ",
            "times that one writes and the other compares are wrong: expiry, schedules, retention, logs"),
    IDLE_SESSIONS_ENDED(
            "WH-DOCTOR-033",
            Severity.WARNING,
            "idle_session_timeout shorter than the pool's keepalive",
            "the server ends connections that the pool holds ready, and each first use after a quiet time fails or waits"),
    COLLATION_CHANGED(
            "WH-DOCTOR-034",
            Severity.PROBLEM,
            "the operating system sorts otherwise than when the database was made",
            "indexes on text are in the wrong order: rows are not found, and unique ones come twice"),
    PUBLIC_CREATE(
            "WH-DOCTOR-035",
            Severity.WARNING,
            "everybody may create in schema public",
            "any role can put a function there that others then call unknowingly (CVE-2018-1058)"),
    REDIS_UNREACHABLE(
            "WH-DOCTOR-050",
            Severity.PROBLEM,
            "Redis cannot be reached",
            "cache and limiter work without it, each instance for itself"),
    REDIS_UNBOUNDED(
            "WH-DOCTOR-051",
            Severity.WARNING,
            "Redis without maxmemory",
            "it grows until the operating system kills it or the machine swaps"),
    REDIS_NOEVICTION(
            "WH-DOCTOR-052",
            Severity.PROBLEM,
            "Redis that evicts nothing when it is full",
            "once maxmemory is reached every write fails: nothing is cached any more, and limits are decided without Redis"),
    REDIS_SNAPSHOTS(
            "WH-DOCTOR-053",
            Severity.WARNING,
            "Redis snapshots without a log",
            "after a crash it comes back as of the last snapshot: values that were invalidated since are served again, and limits"
                    + " forget what was spent"),
    REDIS_IDLE_TIMEOUT(
            "WH-DOCTOR-054",
            Severity.WARNING,
            "Redis closes idle connections",
            "clients that hold one connection ready meet a closed one after each quiet time"),
    REDIS_NO_KEEPALIVE(
            "WH-DOCTOR-055",
            Severity.WARNING,
            "Redis without tcp-keepalive",
            "connections of clients that have vanished stay open, and count against maxclients"),
    REDIS_OPEN(
            "WH-DOCTOR-056",
            Severity.PROBLEM,
            "Redis open to whoever reaches it",
            "no password is asked and protected-mode is off: anybody can read, change and delete everything, and load scripts"),
    REDIS_PLAIN(
            "WH-DOCTOR-057",
            Severity.PROBLEM,
            "Redis over a network without TLS",
            "password and data cross the network for anybody on the way to read"),
    REDIS_REPLICA(
            "WH-DOCTOR-058",
            Severity.PROBLEM,
            "the URL leads to a replica of Redis",
            "every write is refused, so nothing is cached and limits are decided without Redis"),
    REDIS_OLD(
            "WH-DOCTOR-059",
            Severity.PROBLEM,
            "a Redis with a known vulnerability",
            "its faults are published, and so is how to use them"),
    SQLITE_NO_WAL(
            "WH-DOCTOR-070",
            Severity.WARNING,
            "SQLite not in WAL mode",
            "readers and the writer lock each other out: SQLITE_BUSY under load"),
    SQLITE_SYNCHRONOUS_OFF(
            "WH-DOCTOR-071",
            Severity.PROBLEM,
            "SQLite with synchronous off",
            "when the machine loses power the file may be damaged beyond repair"),
    SQLITE_FOREIGN_KEYS(
            "WH-DOCTOR-072",
            Severity.WARNING,
            "SQLite without foreign keys",
            "REFERENCES in the schema are not checked unless each connection asks for it"),
    SQLITE_NO_BUSY_TIMEOUT(
            "WH-DOCTOR-073",
            Severity.WARNING,
            "SQLite without a busy timeout",
            "a statement that meets a lock fails at once instead of waiting for it"),
    SQLITE_OPEN_FILE(
            "WH-DOCTOR-074",
            Severity.WARNING,
            "an SQLite file that everybody on the machine may read or write",
            "the file is the database: no password stands before it"),
    SQLITE_ON_NETWORK(
            "WH-DOCTOR-075",
            Severity.PROBLEM,
            "SQLite on a network file system",
            "locks do not hold there, and WAL needs memory that all its processes share: two writers damage the file");

    /** How bad it is. */
    public enum Severity {
        /** Loses data, lets strangers in, or does not work. */
        PROBLEM,
        /** Will be regretted on a bad day. */
        WARNING
    }

    private final String code;
    private final Severity severity;
    private final String title;
    private final String why;

    Rule(String code, Severity severity, String title, String why) {
        this.code = code;
        this.severity = severity;
        this.title = title;
        this.why = why;
    }

    /** Returns the check with this code; null if there is none. */
    public static @Nullable Rule of(String code) {
        for (Rule rule : values()) {
            if (rule.code.equals(code)) {
                return rule;
            }
        }
        return null;
    }

    /** Returns the stable code. */
    public String code() {
        return code;
    }

    /** Returns how bad it is. */
    public Severity severity() {
        return severity;
    }

    /** Returns what is looked for. */
    public String title() {
        return title;
    }

    /** Returns why it matters. */
    public String why() {
        return why;
    }
}
