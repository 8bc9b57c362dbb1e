package dev.wellhead.examples.labs.production;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Outcome;
import dev.wellhead.examples.labs.TemporaryFolder;
import dev.wellhead.examples.prediction.PredictionService;
import dev.wellhead.examples.prediction.Settings;
import dev.wellhead.examples.prediction.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Three replicas of the prediction service in this process. Each has a folder of its own, as a container has, that is
 * removed with it, and all of them see one folder that stays. Replicas have numbers from 1 on. For one thread.
 */
final class Fleet implements AutoCloseable {
    static final int SIZE = 3;

    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);
    // A drill that is under way is waited for, too.
    private static final Duration END_PATIENCE = Duration.ofSeconds(90);

    private final EnvironmentFile environment;
    private final String databaseUrl;
    private final String redisUrl;
    private final Path home;
    private final List<Replica> running = new ArrayList<>();
    private int started;

    /**
     * Starts nothing yet.
     *
     * @param databaseUrl with user and password
     * @param home where the folders of the replicas lie, and the one that they share
     */
    Fleet(EnvironmentFile environment, String databaseUrl, String redisUrl, Path home) {
        this.environment = environment;
        this.databaseUrl = databaseUrl;
        this.redisUrl = redisUrl;
        this.home = home;
    }

    private record Replica(int number, PredictionService service, Path own) {
        void end() throws IOException {
            service.close();
            TemporaryFolder.remove(own);
        }
    }

    /**
     * Starts all replicas at the same moment.
     *
     * @throws ExerciseException if one does not start
     */
    void start() throws IOException, ExerciseException, InterruptedException {
        List<Attempt<Replica>> attempts = new ArrayList<>();
        for (int number = 1; number <= SIZE; number++) {
            attempts.add(begin(number, Optional.empty()));
        }
        ExerciseException problem = null;
        for (Attempt<Replica> attempt : attempts) {
            try {
                running.add(replica(attempt));
            } catch (ExerciseException e) {
                problem = e;
            }
        }
        if (problem != null) {
            throw problem;
        }
    }

    /**
     * Starts a replica in the place of one that was {@link #end ended}.
     *
     * @param migrations a folder with those of its release
     * @throws ExerciseException if it does not start
     */
    void replace(int number, Path migrations) throws IOException, ExerciseException, InterruptedException {
        running.add(replica(begin(number, Optional.of(migrations))));
    }

    private Attempt<Replica> begin(int number, Optional<Path> migrations) throws IOException, ExerciseException {
        Path own = Files.createDirectories(home.resolve("replica-" + number + "-" + ++started));
        Settings settings = settings(own, migrations);
        return Attempt.start("replica " + number, () -> new Replica(number, PredictionService.start(settings), own));
    }

    private static Replica replica(Attempt<Replica> attempt) throws ExerciseException, InterruptedException {
        Outcome<Replica> outcome = attempt.outcome(START_PATIENCE);
        Throwable failure = outcome.failure();
        if (failure != null) {
            throw new ExerciseException("a replica does not start: " + failure.getMessage(), failure);
        }
        return Objects.requireNonNull(outcome.result());
    }

    private Settings settings(Path own, Optional<Path> migrations) throws ExerciseException {
        Path shared = home.resolve("shared");
        Map<String, String> all = new LinkedHashMap<>(
                environment.with(Map.of("REDIS", redisUrl, "OWN", own.toString(), "SHARED", shared.toString())));
        all.put("DATABASE_URL", databaseUrl);
        all.put("HOST", "127.0.0.1");
        all.put("PORT", "0");
        migrations.ifPresent(folder -> all.put("MIGRATIONS_DIR", folder.toString()));
        // Its working directory, so to speak.
        Path backups = own.resolve(all.getOrDefault("BACKUP_DIR", "backups")).normalize();
        if (!backups.startsWith(own) && !backups.startsWith(shared)) {
            throw new ExerciseException(
                    "BACKUP_DIR is a folder that a replica does not see; it sees its own, $OWN, and $SHARED");
        }
        all.put("BACKUP_DIR", backups.toString());
        try {
            Settings settings = Settings.from(all);
            if (settings.shutdown().delay().compareTo(LONGEST_DELAY) > 0) {
                throw new ExerciseException("SHUTDOWN_DELAY is more than the 10 s for which this lab waits");
            }
            return settings;
        } catch (SettingsException e) {
            throw new ExerciseException("the service does not take the settings: " + e.getMessage(), e);
        }
    }

    /** Returns the port of a replica, which runs. */
    int port(int number) {
        return byNumber(number).service().port();
    }

    /** Returns the ports of all replicas, by number. */
    List<Integer> ports() {
        List<Integer> ports = new ArrayList<>();
        for (int number = 1; number <= SIZE; number++) {
            ports.add(port(number));
        }
        return ports;
    }

    /** Returns how many connections a replica may have. */
    int poolSize() throws ExerciseException {
        return settings(home, Optional.empty()).pool().size();
    }

    /** Tells a replica to stop; what it has in its own folder goes with it. */
    Attempt<Boolean> end(int number) {
        Replica replica = byNumber(number);
        running.remove(replica);
        return Attempt.begin("the end of replica " + number, replica::end);
    }

    private Replica byNumber(int number) {
        return running.stream()
                .filter(replica -> replica.number() == number)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("replica " + number + " does not run"));
    }

    /** Waits for the end of a replica. */
    static void awaitEnd(Attempt<Boolean> end) throws ExerciseException, InterruptedException {
        end.outcome(END_PATIENCE);
    }

    /** Ends all replicas together, and waits for them. */
    @Override
    public void close() throws ExerciseException {
        List<Attempt<Boolean>> ends = new ArrayList<>();
        for (Replica replica : List.copyOf(running)) {
            ends.add(end(replica.number()));
        }
        try {
            for (Attempt<Boolean> end : ends) {
                awaitEnd(end);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
