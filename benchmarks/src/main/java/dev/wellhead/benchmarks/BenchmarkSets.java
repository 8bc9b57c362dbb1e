package dev.wellhead.benchmarks;

import java.util.List;
import java.util.Optional;

/** All sets, in the order in which {@code ./bench} lists them. */
final class BenchmarkSets {
    private BenchmarkSets() {}

    /** Returns new ones: a set is opened once. */
    static List<BenchmarkSet> all() {
        return List.of(
                new CalibrationSet(),
                new StartupSet(),
                new PoolSet(),
                new MigrateSet(),
                new CacheSet(),
                new RatelimitSet(),
                new BackupSet());
    }

    /** Returns the set of this name. */
    static Optional<BenchmarkSet> named(String name) {
        return all().stream().filter(set -> set.name().equals(name)).findFirst();
    }
}
