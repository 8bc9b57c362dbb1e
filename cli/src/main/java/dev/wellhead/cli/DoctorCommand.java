package dev.wellhead.cli;

import dev.wellhead.cli.CliException.Kind;
import dev.wellhead.cli.Screen.Paint;
import dev.wellhead.cli.doctor.AddressChecks;
import dev.wellhead.cli.doctor.Examination;
import dev.wellhead.cli.doctor.Finding;
import dev.wellhead.cli.doctor.LibraryChecks;
import dev.wellhead.cli.doctor.PoolPlan;
import dev.wellhead.cli.doctor.PostgresChecks;
import dev.wellhead.cli.doctor.RedisChecks;
import dev.wellhead.cli.doctor.Rule;
import dev.wellhead.cli.doctor.SqliteChecks;
import dev.wellhead.migrate.internal.Json;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds what is set up wrong. */
@Command(
        name = "doctor",
        description =
                "Look at URL, driver, pool, server and Redis as the service uses them, and say what is wrong, why it"
                        + " matters and how to mend it. Changes nothing. Ends with 3 if something is found, with 4 if a server cannot"
                        + " be reached.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead doctor --url \"postgresql://app@db/app?sslmode=verify-full\" --pool-size 10 --instances 6 \\",
            "    --redis rediss://cache:6380 --app-libs build/libs/app.jar",
            "  wellhead doctor --offline --url ...      # only what can be seen without a connection"
        })
final class DoctorCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Mixin
    final DatabaseOptions database = new DatabaseOptions();

    @Mixin
    final RedisOptions redis = new RedisOptions();

    @Option(
            names = "--pool-size",
            paramLabel = "N",
            description = "Connections that one instance's pool may open. Default: wellhead.maxSize in the URL, or 10.")
    @Nullable Integer poolSize;

    @Option(
            names = "--instances",
            paramLabel = "N",
            description = "How many instances of the service there are. Default: 1.")
    @Nullable Integer instances;

    @Option(
            names = "--app-libs",
            paramLabel = "PATH",
            description = "The service's jar, or the folder of its jars: which drivers are in it is looked at, too.")
    @Nullable Path appLibs;

    @Option(names = "--offline", description = "Open no connection.")
    boolean offline;

    @Option(
            names = "--ignore",
            paramLabel = "CODE",
            split = ",",
            description = "What you know and accept, as WH-DOCTOR-027; may be a list.")
    List<String> ignored = new ArrayList<>();

    private final Session session;
    private boolean unreachable;

    DoctorCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        RedisAccess access = RedisAccess.of(session, redis);
        if (database.url == null && access == null && appLibs == null) {
            throw new CliException(Kind.USAGE, "look at what? Give --url, --redis, --app-libs, or several of them");
        }
        Examination examination = new Examination(accepted());
        if (appLibs != null) {
            examineLibraries(examination, session.path(appLibs));
        }
        if (database.url != null) {
            examineDatabase(examination, Target.address(session, database));
        }
        if (access != null) {
            examineRedis(examination, access);
        }
        show(examination);
        if (unreachable) {
            return ExitCodes.UNREACHABLE;
        }
        return examination.findings().isEmpty() ? ExitCodes.OK : ExitCodes.FOUND;
    }

    private Set<String> accepted() {
        Set<String> codes = new TreeSet<>();
        for (String code : ignored) {
            if (Rule.of(code.strip()) == null) {
                throw new CliException(
                        Kind.USAGE,
                        "--ignore: there is no check " + code.strip() + "; docs/cli.md lists those there are");
            }
            codes.add(code.strip());
        }
        return codes;
    }

    private static void examineLibraries(Examination examination, Path libraries) throws IOException {
        if (!Files.exists(libraries)) {
            throw new CliException(Kind.NO_SUCH_FILE, "there is nothing at " + libraries + "; look at --app-libs");
        }
        LibraryChecks.examine(examination, libraries);
    }

    private void examineDatabase(Examination examination, Address address) {
        PoolPlan pool = PoolPlan.of(address.poolOptions(), poolSize, instances);
        if (address instanceof Address.Postgres postgres) {
            AddressChecks.examine(examination, postgres.hosts(), postgres.parameters());
        }
        pool.examine(examination);
        if (offline) {
            return;
        }
        if (address instanceof Address.Sqlite sqlite && !Files.isRegularFile(sqlite.file())) {
            unreachable(examination, Rule.DATABASE_UNREACHABLE, address.label(), "there is no such file");
            return;
        }
        try {
            Target target = Target.open(session, database);
            try (Connection connection = target.dataSource().getConnection()) {
                if (address instanceof Address.Sqlite sqlite) {
                    SqliteChecks.examine(examination, connection, sqlite.file());
                } else {
                    new PostgresChecks(
                                    examination,
                                    connection,
                                    session.surroundings().clock(),
                                    pool)
                            .examine();
                }
            }
        } catch (CliException e) {
            if (e.exit() != ExitCodes.UNREACHABLE) {
                throw e;
            }
            unreachable(examination, Rule.DATABASE_UNREACHABLE, address.label(), String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            unreachable(examination, Rule.DATABASE_UNREACHABLE, address.label(), Target.words(e));
        }
    }

    private void examineRedis(Examination examination, RedisAccess access) {
        RedisChecks.examineAddress(examination, access.host(), access.isTls());
        if (offline) {
            return;
        }
        try {
            RedisChecks.Facts facts = access.ask(PATIENCE, RedisChecks.Facts::of);
            RedisChecks.examine(examination, facts, access.hasPassword(), access.isTls());
        } catch (RedisException e) {
            unreachable(examination, Rule.REDIS_UNREACHABLE, access.label(), RedisAccess.words(e));
        }
    }

    private void unreachable(Examination examination, Rule rule, String subject, String words) {
        unreachable = true;
        examination.found(rule, subject, words, "start it, or correct address and credentials; then look again");
    }

    private void show(Examination examination) {
        Screen screen = session.screen();
        for (Finding finding : examination.findings()) {
            boolean bad = finding.rule().severity() == Rule.Severity.PROBLEM;
            screen.line(screen.paint(
                            finding.rule().severity().name().toLowerCase(Locale.ROOT), bad ? Paint.BAD : Paint.WARN)
                    + " " + finding.rule().code() + " " + finding.subject());
            screen.labelled("  found: ", finding.found());
            screen.labelled("  why:   ", finding.rule().why());
            screen.labelled("  mend:  ", finding.mend());
            screen.line("");
        }
        examination
                .skipped()
                .forEach((rule, reason) ->
                        screen.line("not looked at: " + rule.code() + " " + rule.title() + " (" + reason + ")"));
        String accepted = examination.accepted().isEmpty()
                ? ""
                : ", " + examination.accepted().size() + " accepted";
        int found = examination.findings().size();
        screen.line(screen.paint(
                (found == 0 ? "nothing" : String.valueOf(found)) + " found in "
                        + examination.looked().size() + " checks" + accepted,
                found == 0 ? Paint.GOOD : Paint.WARN));
        screen.json(
                "command",
                "doctor",
                "checks",
                examination.looked().size(),
                "findings",
                examination.findings().stream().map(DoctorCommand::json).toList(),
                "accepted",
                examination.accepted().stream().map(DoctorCommand::json).toList(),
                "skipped",
                examination.skipped().entrySet().stream()
                        .map(entry -> Json.object("code", entry.getKey().code(), "reason", entry.getValue()))
                        .toList());
    }

    private static Object json(Finding finding) {
        return Json.object(
                "code",
                finding.rule().code(),
                "severity",
                finding.rule().severity(),
                "subject",
                finding.subject(),
                "found",
                finding.found(),
                "why",
                finding.rule().why(),
                "mend",
                finding.mend());
    }
}
