package dev.wellhead.backup;

import java.nio.file.Path;

class SqliteStoreFaultsTest extends StoreFaultsContract {
    @Override
    BackupSubject open(Path targets) {
        return BackupSubject.sqlite(targets);
    }

    @Override
    int stride() {
        return 1;
    }

    @Override
    int operationsAtLeast() {
        return 12;
    }
}
