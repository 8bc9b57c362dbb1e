package dev.wellhead.cli;

import dev.wellhead.cli.CliException.Kind;
import dev.wellhead.cli.Screen.Paint;
import dev.wellhead.cli.Target.Patience;
import dev.wellhead.migrate.internal.Json;
import io.lettuce.core.RedisException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Waits until servers answer. */
@Command(
        name = "wait",
        description =
                "Wait until the database and Redis, whichever are named, take a login and answer. Ends with 4 if one does"
                        + " not within the time.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead wait --url postgresql://app@db/app --redis redis://cache:6379 --timeout 30s \\",
            "    && wellhead migrate up"
        })
final class WaitCommand implements Callable<Integer> {
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    @Mixin
    final DatabaseOptions database = new DatabaseOptions();

    @Mixin
    final RedisOptions redis = new RedisOptions();

    @Option(names = "--timeout", paramLabel = "TIME", description = "How long to wait for all of them. Default: 60s.")
    Duration timeout = Duration.ofSeconds(60);

    private final Session session;

    /** Something that is waited for. */
    private static final class Awaited {
        final String label;
        final Attempt attempt;

        @Nullable String error;

        long readyMillis = -1;

        Awaited(String label, Attempt attempt) {
            this.label = label;
            this.attempt = attempt;
        }

        boolean isReady() {
            return readyMillis >= 0;
        }

        Map<String, @Nullable Object> json() {
            return Json.object(
                    "target", label, "ready", isReady(), "afterMs", isReady() ? readyMillis : null, "error", error);
        }
    }

    @FunctionalInterface
    private interface Attempt {
        /** Returns why it is not there yet; null if it is. */
        @Nullable String make(Duration patience);
    }

    WaitCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        List<Awaited> all = new ArrayList<>();
        if (database.url != null) {
            Address address = Target.address(session, database);
            all.add(new Awaited(address.label(), patience -> connect(address, patience)));
        }
        RedisAccess access = RedisAccess.of(session, redis);
        if (access != null) {
            all.add(new Awaited(access.label(), patience -> ping(access, patience)));
        }
        if (all.isEmpty()) {
            throw new CliException(Kind.USAGE, "wait for what? Give --url, --redis or both");
        }
        try (ProgressBar bar = session.progress()) {
            await(all, bar);
        }
        show(all);
        return all.stream().allMatch(Awaited::isReady) ? ExitCodes.OK : ExitCodes.UNREACHABLE;
    }

    private void await(List<Awaited> all, ProgressBar bar) {
        long begun = session.surroundings().ticker().nanos();
        Duration pause = FIRST_PAUSE;
        while (true) {
            show(all, timeout.minusNanos(session.surroundings().ticker().nanos() - begun), bar);
            for (Awaited awaited : all) {
                Duration left =
                        timeout.minusNanos(session.surroundings().ticker().nanos() - begun);
                if (!awaited.isReady()) {
                    awaited.error = awaited.attempt.make(bounded(left));
                    if (awaited.error == null) {
                        awaited.readyMillis = (session.surroundings().ticker().nanos() - begun) / 1_000_000;
                    }
                }
            }
            Duration left = timeout.minusNanos(session.surroundings().ticker().nanos() - begun);
            if (all.stream().allMatch(Awaited::isReady) || left.compareTo(pause) <= 0) {
                return;
            }
            LockSupport.parkNanos(pause.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    private static void show(List<Awaited> all, Duration left, ProgressBar bar) {
        List<String> missing = all.stream()
                .filter(awaited -> !awaited.isReady())
                .map(awaited -> awaited.label)
                .toList();
        bar.show("waiting for " + String.join(" and ", missing) + ", " + Durations.text(left) + " left");
    }

    private static Duration bounded(Duration left) {
        Duration atLeast = left.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : left;
        return atLeast.compareTo(LONGEST_ATTEMPT) > 0 ? LONGEST_ATTEMPT : atLeast;
    }

    private @Nullable String connect(Address address, Duration patience) {
        if (address instanceof Address.Sqlite sqlite && !Files.isRegularFile(sqlite.file())) {
            return "there is no such file yet";
        }
        int seconds = (int) Math.max(1, patience.toSeconds());
        try (Connection connection =
                Target.source(session, database, address, new Patience(seconds)).getConnection()) {
            return connection.isValid(seconds) ? null : "it takes a login and does not answer";
        } catch (SQLException e) {
            return Target.words(e);
        }
    }

    private static @Nullable String ping(RedisAccess access, Duration patience) {
        try {
            String answer = access.ask(patience, commands -> commands.ping());
            return "PONG".equals(answer) ? null : "it answered " + answer;
        } catch (RedisException e) {
            return RedisAccess.words(e);
        }
    }

    private void show(List<Awaited> all) {
        Screen screen = session.screen();
        for (Awaited awaited : all) {
            if (awaited.isReady()) {
                screen.line(screen.paint("ready", Paint.GOOD) + " " + awaited.label + " after "
                        + Durations.text(Duration.ofMillis(awaited.readyMillis)));
            } else {
                String until = Thread.currentThread().isInterrupted()
                        ? " had not answered when the waiting was interrupted"
                        : " did not answer within " + Durations.text(timeout);
                session.surroundings()
                        .err()
                        .println("wellhead: " + awaited.label + until + ": " + awaited.error + " ["
                                + Kind.DEADLINE.code() + "]");
            }
        }
        screen.json(
                "command",
                "wait",
                "ready",
                all.stream().allMatch(Awaited::isReady),
                "targets",
                all.stream().map(Awaited::json).toList());
    }
}
