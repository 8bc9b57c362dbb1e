package dev.wellhead.console;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.BackupSchedule;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.RestoreReport;
import dev.wellhead.backup.RestoreTarget;
import dev.wellhead.backup.RetentionPlan;
import dev.wellhead.backup.VerifyReport;
import dev.wellhead.core.Health;
import dev.wellhead.ratelimit.Ask;
import dev.wellhead.ratelimit.ConcurrencyLimit;
import dev.wellhead.ratelimit.Decision;
import dev.wellhead.ratelimit.Permit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.ratelimit.RateLimiterStats;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A host's own implementations, which fail with a secret in the message of their exception. */
final class BrokenParts {
    private BrokenParts() {}

    private static IllegalStateException broken() {
        return new IllegalStateException("password=canary-of-a-broken-part");
    }

    /** A limiter that tells nothing. */
    static final class Limiter implements RateLimiter {
        @Override
        public Decision tryAcquire(Ask ask) {
            throw broken();
        }

        @Override
        public CompletionStage<Decision> tryAcquireAsync(Ask ask) {
            throw broken();
        }

        @Override
        public Decision peek(Ask ask) {
            throw broken();
        }

        @Override
        public boolean refund(Decision decision) {
            throw broken();
        }

        @Override
        public CompletionStage<Boolean> refundAsync(Decision decision) {
            throw broken();
        }

        @Override
        public Permit tryAcquire(ConcurrencyLimit limit, String key) {
            throw broken();
        }

        @Override
        public RateLimiterStats stats() {
            throw broken();
        }

        @Override
        public Health health() {
            throw broken();
        }

        @Override
        public void close() {}
    }

    /** Backups that cannot be listed. */
    static final class Store implements Backups {
        @Override
        public BackupInfo create() {
            throw broken();
        }

        @Override
        public List<BackupInfo> list() {
            throw broken();
        }

        @Override
        public VerifyReport verify(String id) {
            throw broken();
        }

        @Override
        public RestoreReport restore(String id, RestoreTarget target) {
            throw broken();
        }

        @Override
        public void copy(String id, BackupStore to) {
            throw broken();
        }

        @Override
        public RetentionPlan planRetention() {
            throw broken();
        }

        @Override
        public RetentionPlan prune() {
            throw broken();
        }

        @Override
        public Optional<Duration> lastVerifiedAge() {
            throw broken();
        }

        @Override
        public Health health() {
            throw broken();
        }

        @Override
        public Stats stats() {
            return new Stats(0, 0, 0, 0, 0);
        }

        @Override
        public BackupSchedule.Builder daily(LocalTime time, ZoneId zone) {
            throw broken();
        }

        @Override
        public BackupSchedule.Builder every(Duration period) {
            throw broken();
        }
    }
}
