package dev.wellhead.backup;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Another process that tries once to be the one who backs up a database. */
final class RunnerLockProbe {
    private static final Logger LOG = LoggerFactory.getLogger(RunnerLockProbe.class);

    private RunnerLockProbe() {}

    public static void main(String[] arguments) {
        try (RunnerLockFile lock = RunnerLockFile.acquire(Path.of(arguments[0]))) {
            LOG.warn("the lock was {}", lock.isHeld() ? "free" : "lost");
        } catch (BackupException e) {
            LOG.warn("refused with {}: {}", e.code(), e.getMessage());
        }
    }
}
