package dev.wellhead.backup;

import java.nio.file.Path;

class SqliteCrashTest extends CrashContract {
    @Override
    BackupSubject open(Path targets) {
        return BackupSubject.sqlite(targets);
    }
}
