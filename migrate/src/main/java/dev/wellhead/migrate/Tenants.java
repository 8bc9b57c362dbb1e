package dev.wellhead.migrate;

import dev.wellhead.core.internal.DaemonThreads;
import dev.wellhead.migrate.internal.Json;
import dev.wellhead.migrate.internal.TextTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Many databases or schemas that are to have the same migrations. Each has a history, a lock and a state of its own, so
 * what one of them does to the others is no more than the load. Immutable and thread-safe.
 */
public final class Tenants {
    private final List<String> names;
    private final Function<String, Migrator> migrators;
    private final int parallel;
    private final boolean goOn;

    private Tenants(List<String> names, Function<String, Migrator> migrators, int parallel, boolean goOn) {
        this.names = names;
        this.migrators = migrators;
        this.parallel = parallel;
        this.goOn = goOn;
    }

    /**
     * Returns tenants that are migrated one after the other until one fails.
     *
     * @param names one for each, in the order in which they are begun
     * @param migrators makes the migrator of a tenant when its turn comes; called by several threads if {@link #parallel}
     * @throws IllegalArgumentException if a name is there twice
     */
    public static Tenants of(Collection<String> names, Function<String, Migrator> migrators) {
        Objects.requireNonNull(migrators, "migrators");
        Set<String> seen = new LinkedHashSet<>();
        for (String name : names) {
            if (!seen.add(Objects.requireNonNull(name, "name"))) {
                throw new IllegalArgumentException("names must differ, '" + name + "' is there twice");
            }
        }
        return new Tenants(List.copyOf(seen), migrators, 1, false);
    }

    /**
     * Returns the same with this many at a time; each takes a thread, and the connection of its run. Default: 1.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Tenants parallel(int tenants) {
        if (tenants < 1) {
            throw new IllegalArgumentException("parallel must be >= 1, was " + tenants);
        }
        return new Tenants(names, migrators, tenants, goOn);
    }

    /** Returns the same, with the others migrated when one fails. Default: none is begun behind a failure. */
    public Tenants goOnAfterFailures() {
        return new Tenants(names, migrators, parallel, true);
    }

    /** How a tenant fared. */
    public enum Outcome {
        /** It has all migrations. */
        MIGRATED,
        /** It was refused, or failed; what it has is told by its {@link Migrator#status()}. */
        FAILED,
        /** It was not begun, since another had failed or the call was interrupted. */
        NOT_BEGUN
    }

    /**
     * One tenant.
     *
     * @param versions those that this run applied, in their order; of a run that failed, none: the error names them
     * @param error why it failed, null if it did not
     */
    public record Tenant(
            String name,
            Outcome outcome,
            List<String> versions,
            @Nullable RuntimeException error) {
        /** Copies the list. */
        public Tenant {
            versions = List.copyOf(versions);
        }
    }

    /**
     * What a run over all of them did.
     *
     * @param tenants all of them, in their order
     */
    public record Report(List<Tenant> tenants) {
        /** Copies the list. */
        public Report {
            tenants = List.copyOf(tenants);
        }

        /** Returns whether every tenant has all migrations. */
        public boolean isComplete() {
            return tenants.stream().allMatch(tenant -> tenant.outcome() == Outcome.MIGRATED);
        }

        /** Returns the tenants as a table for people. */
        @Override
        public String toString() {
            TextTable table = new TextTable("tenant", "outcome", "applied", "error");
            for (Tenant tenant : tenants) {
                table.row(
                        tenant.name(),
                        tenant.outcome(),
                        tenant.versions().isEmpty() ? "-" : String.join(", ", tenant.versions()),
                        Objects.requireNonNullElse(words(tenant), "-"));
            }
            return table.toString();
        }

        /** Returns the tenants as JSON. */
        public String toJson() {
            return Json.write(Json.object(
                    "complete",
                    isComplete(),
                    "tenants",
                    tenants.stream()
                            .map(tenant -> Json.object(
                                    "name",
                                    tenant.name(),
                                    "outcome",
                                    tenant.outcome(),
                                    "versions",
                                    tenant.versions(),
                                    "error",
                                    words(tenant)))
                            .toList()));
        }

        private static @Nullable String words(Tenant tenant) {
            RuntimeException error = tenant.error();
            return error == null ? null : Objects.requireNonNullElse(error.getMessage(), error.toString());
        }
    }

    /**
     * Calls {@link Migrator#migrate()} for each. Blocks until all that were begun have ended. A failure is in the report,
     * not thrown. If the thread is interrupted, those that run are, no more are begun, and the thread is interrupted again
     * when they have ended.
     */
    public Report migrate() {
        if (names.isEmpty()) {
            return new Report(List.of());
        }
        Turns turns = new Turns();
        int threads = Math.min(parallel, names.size());
        ExecutorService executor = Executors.newFixedThreadPool(threads, DaemonThreads.of("migrate", "tenants"));
        List<Future<?>> workers = new ArrayList<>();
        boolean interrupted = false;
        try {
            for (int i = 0; i < threads; i++) {
                workers.add(executor.submit(turns));
            }
            for (Future<?> worker : workers) {
                interrupted |= ended(worker, turns, executor);
            }
        } finally {
            executor.shutdown();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return turns.report();
    }

    private static boolean ended(Future<?> worker, Turns turns, ExecutorService executor) {
        boolean interrupted = false;
        while (true) {
            try {
                worker.get();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
                turns.stopped.set(true);
                executor.shutdownNow();
            } catch (ExecutionException e) {
                // Failures of tenants are results; this is an Error.
                turns.stopped.set(true);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                throw new IllegalStateException("tenants: a thread ended early; those begun go on", e.getCause());
            }
        }
    }

    /** Takes one tenant after the other, on several threads; the counter gives each to one of them. */
    private final class Turns implements Runnable {
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicReferenceArray<Tenant> done = new AtomicReferenceArray<>(names.size());

        @Override
        public void run() {
            while (!stopped.get()) {
                int turn = next.getAndIncrement();
                if (turn >= names.size()) {
                    return;
                }
                Tenant tenant = migrated(names.get(turn));
                done.set(turn, tenant);
                if (tenant.outcome() == Outcome.FAILED && !goOn) {
                    stopped.set(true);
                }
            }
        }

        private Tenant migrated(String name) {
            try {
                MigrationReport report = migrators.apply(name).migrate();
                return new Tenant(
                        name,
                        Outcome.MIGRATED,
                        report.steps().stream()
                                .map(MigrationReport.Step::version)
                                .toList(),
                        null);
            } catch (RuntimeException e) {
                return new Tenant(name, Outcome.FAILED, List.of(), e);
            }
        }

        Report report() {
            List<Tenant> tenants = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                Tenant tenant = done.get(i);
                tenants.add(tenant != null ? tenant : new Tenant(names.get(i), Outcome.NOT_BEGUN, List.of(), null));
            }
            return new Report(tenants);
        }
    }
}
