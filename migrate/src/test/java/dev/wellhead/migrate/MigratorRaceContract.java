package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What migrators do that meet on one database, and what one leaves that is killed. */
abstract class MigratorRaceContract extends MigratorFixture {
    // Fewer will do on the older servers of the matrix.
    private static final String ROUNDS = "wellhead.test.race.rounds";

    @Test
    void waitForAnotherRunEndsAndNamesIt() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        MigrationListener holding = holding(inside, go);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<MigrationReport> first =
                    other.submit(() -> builder(USERS).listener(holding).build().migrate());
            assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();

            MigrationException refusal = refusal(
                    "WH-MIG-006",
                    () -> builder(USERS)
                            .lockWait(Duration.ofMillis(300))
                            .build()
                            .migrate());

            assertThat(refusal).hasMessageContainingAll("did not end within 300 ms", "process", "nothing was run");
            go.countDown();
            assertThat(first.get(60, TimeUnit.SECONDS).steps()).hasSize(1);
        } finally {
            go.countDown();
            other.shutdownNow();
        }
    }

    @Test
    void whoWaitsLeavesWithoutItsTurnOnceNothingIsLeft() throws Exception {
        CountDownLatch inFirst = new CountDownLatch(1);
        CountDownLatch goFirst = new CountDownLatch(1);
        CountDownLatch inSecond = new CountDownLatch(1);
        CountDownLatch goSecond = new CountDownLatch(1);
        MigrationListener holding = new MigrationListener() {
            @Override
            public void onStarted(String version, MigrationReport.Direction direction) {
                boolean first = version.equals("001");
                holding(first ? inFirst : inSecond, first ? goFirst : goSecond).onStarted(version, direction);
            }
        };
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<MigrationReport> holder = threads.submit(
                    () -> builder(USERS, ORDERS).listener(holding).build().migrate());
            assertThat(inFirst.await(60, TimeUnit.SECONDS)).isTrue();
            AtomicReference<Thread> thread = new AtomicReference<>();
            Future<MigrationReport> waiting = threads.submit(() -> {
                thread.set(Thread.currentThread());
                return migrator(USERS, ORDERS).migrate("001");
            });
            while (!waiting.isDone()
                    && (thread.get() == null || thread.get().getState() != Thread.State.TIMED_WAITING)) {
                Thread.onSpinWait();
            }

            goFirst.countDown();
            assertThat(inSecond.await(60, TimeUnit.SECONDS)).isTrue();

            assertThat(waiting.get(30, TimeUnit.SECONDS).steps()).isEmpty();
            assertThat(holder.isDone()).isFalse();
            goSecond.countDown();
            assertThat(holder.get(60, TimeUnit.SECONDS).steps()).hasSize(2);
        } finally {
            goFirst.countDown();
            goSecond.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void interruptedWaitEnds() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            threads.submit(
                    () -> builder(USERS).listener(holding(inside, go)).build().migrate());
            assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();

            Future<MigrationException> waiting = threads.submit(() -> {
                Thread.currentThread().interrupt();
                return refusal("WH-MIG-006", () -> migrator(USERS).migrate());
            });

            assertThat(waiting.get(60, TimeUnit.SECONDS)).hasMessageContaining("interrupted");
        } finally {
            go.countDown();
            threads.shutdown();
            assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static MigrationListener holding(CountDownLatch inside, CountDownLatch go) {
        return new MigrationListener() {
            @Override
            public void onStarted(String version, MigrationReport.Direction direction) {
                inside.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    @Test
    void threadsThatRaceOnAnEmptyDatabaseApplyEachVersionOnce() throws Exception {
        threadsRace(3);
    }

    @Tag("thorough")
    @Test
    void threadsThatRaceOnManyEmptyDatabasesApplyEachVersionOnce() throws Exception {
        threadsRace(Integer.getInteger(ROUNDS, 50));
    }

    private void threadsRace(int rounds) throws Exception {
        Migration[] migrations = Racer.migrations();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < rounds; round++) {
                try (TestDatabase empty = create()) {
                    CountDownLatch start = new CountDownLatch(1);
                    List<Future<Integer>> runs = new ArrayList<>();
                    for (int i = 0; i < 8; i++) {
                        runs.add(threads.submit(() -> {
                            start.await();
                            return Migrator.builder(empty.dataSource())
                                    .source(MigrationSource.of(migrations))
                                    .build()
                                    .migrate()
                                    .steps()
                                    .size();
                        }));
                    }
                    start.countDown();

                    int applied = 0;
                    for (Future<Integer> run : runs) {
                        applied += run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                    }
                    eachVersionIsAppliedOnce(empty, applied);
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void eachVersionIsAppliedOnce(TestDatabase database, int applied) {
        int versions = Racer.migrations().length;
        assertThat(applied).isEqualTo(versions);
        assertThat(database.queryOne("select count(*) from once")).isEqualTo("" + (versions - 1));
        assertThat(database.queryOne("select count(distinct version) from once"))
                .isEqualTo("" + (versions - 1));
        assertThat(database.queryOne("select count(*) from schema_migrations where state = 'applied'"))
                .isEqualTo("" + versions);
    }

    @Test
    void processesThatRaceOnAnEmptyDatabaseApplyEachVersionOnce(@TempDir Path folder) throws IOException {
        processesRace(3, folder);
    }

    @Tag("thorough")
    @Test
    void processesThatRaceOnManyEmptyDatabasesApplyEachVersionOnce(@TempDir Path folder) throws IOException {
        processesRace(Integer.getInteger(ROUNDS, 50), folder);
    }

    private void processesRace(int rounds, Path folder) throws IOException {
        List<TestDatabase> databases = new ArrayList<>();
        List<ChildJvm> racers = new ArrayList<>();
        try {
            List<String> arguments = new ArrayList<>(List.of(folder.toString(), database.user(), database.password()));
            for (int round = 0; round < rounds; round++) {
                databases.add(create());
                arguments.add(databases.get(round).url());
            }
            for (int i = 0; i < 8; i++) {
                racers.add(ChildJvm.start(Racer.class, arguments.toArray(String[]::new)));
            }

            for (int round = 0; round < rounds; round++) {
                for (ChildJvm racer : racers) {
                    racer.awaitLine(Racer.ready(round), PATIENCE);
                }
                Files.createFile(Racer.go(folder, round));
                int applied = 0;
                for (ChildJvm racer : racers) {
                    String line = racer.awaitLine(Racer.result(round), PATIENCE);
                    applied += Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
                }
                eachVersionIsAppliedOnce(databases.get(round), applied);
            }
            for (ChildJvm racer : racers) {
                assertThat(racer.awaitExit(PATIENCE)).isZero();
            }
        } finally {
            racers.forEach(ChildJvm::close);
            databases.forEach(TestDatabase::close);
        }
    }

    @Test
    void processKilledInTheMiddleLeavesNothingHalfDoneAndNoLock() {
        try (ChildJvm victim = ChildJvm.start(Victim.class, database.url(), database.user(), database.password())) {
            victim.awaitLine("inside 002", PATIENCE);

            victim.kill();
        }

        MigrationReport report = builder(Victim.migrations())
                .lockWait(Duration.ofSeconds(60))
                .build()
                .migrate();
        assertThat(report.steps()).extracting(MigrationReport.Step::version).containsExactly("002", "003");
        assertThat(database.queryOne("select count(*) from b")).isEqualTo("1");
        assertThat(history()).isEqualTo("001,002,003");
    }
}
