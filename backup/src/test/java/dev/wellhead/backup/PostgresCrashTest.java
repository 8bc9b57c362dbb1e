package dev.wellhead.backup;

import java.nio.file.Path;

class PostgresCrashTest extends CrashContract {
    @Override
    BackupSubject open(Path targets) {
        return BackupSubject.postgres();
    }
}
