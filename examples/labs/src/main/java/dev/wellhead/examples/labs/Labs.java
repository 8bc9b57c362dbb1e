package dev.wellhead.examples.labs;

import dev.wellhead.examples.labs.basics.AcidAtomicityLab;
import dev.wellhead.examples.labs.basics.AcidConsistencyLab;
import dev.wellhead.examples.labs.basics.AcidDurabilityLab;
import dev.wellhead.examples.labs.basics.AcidIsolationLab;
import dev.wellhead.examples.labs.basics.ConstraintsLab;
import dev.wellhead.examples.labs.basics.RedisBasicsLab;
import dev.wellhead.examples.labs.basics.RedisSessionLab;
import dev.wellhead.examples.labs.basics.SqlJoinLab;
import dev.wellhead.examples.labs.basics.SqliteCrudLab;
import dev.wellhead.examples.labs.basics.TransactionScopeLab;
import dev.wellhead.examples.labs.debugging.FailedMigrationLab;
import dev.wellhead.examples.labs.debugging.LostDataLab;
import dev.wellhead.examples.labs.debugging.PoolExhaustionLab;
import dev.wellhead.examples.labs.debugging.SlowQueryLab;
import dev.wellhead.examples.labs.debugging.StampedeLab;
import dev.wellhead.examples.labs.practice.BackupPostgresLab;
import dev.wellhead.examples.labs.practice.BackupSqliteLab;
import dev.wellhead.examples.labs.practice.CacheAsideLab;
import dev.wellhead.examples.labs.practice.ComposeFileLab;
import dev.wellhead.examples.labs.practice.ConnectionsLab;
import dev.wellhead.examples.labs.practice.IndexLab;
import dev.wellhead.examples.labs.practice.MigrationsLab;
import dev.wellhead.examples.labs.practice.NaiveLimiterLab;
import dev.wellhead.examples.labs.practice.OrmSqlLab;
import dev.wellhead.examples.labs.practice.RedisPersistenceLab;
import dev.wellhead.examples.labs.practice.SelectStarLab;
import dev.wellhead.examples.labs.production.ServiceLab;
import java.util.List;
import java.util.Optional;

/** The course: all labs, in the order in which they teach. */
final class Labs {
    private static final List<Lab> ALL = List.of(
            new SqliteCrudLab(),
            new SqlJoinLab(),
            new ConstraintsLab(),
            new AcidAtomicityLab(),
            new AcidConsistencyLab(),
            new AcidIsolationLab(),
            new AcidDurabilityLab(),
            new TransactionScopeLab(),
            new RedisBasicsLab(),
            new RedisSessionLab(),
            new ConnectionsLab(),
            new MigrationsLab(),
            new IndexLab(),
            new SelectStarLab(),
            new OrmSqlLab(),
            new RedisPersistenceLab(),
            new CacheAsideLab(),
            new NaiveLimiterLab(),
            new BackupPostgresLab(),
            new BackupSqliteLab(),
            new ComposeFileLab(),
            new PoolExhaustionLab(),
            new SlowQueryLab(),
            new FailedMigrationLab(),
            new StampedeLab(),
            new LostDataLab(),
            new ServiceLab());

    private Labs() {}

    static List<Lab> all() {
        return ALL;
    }

    static Optional<Lab> named(String name) {
        return ALL.stream().filter(lab -> lab.name().equals(name)).findFirst();
    }
}
