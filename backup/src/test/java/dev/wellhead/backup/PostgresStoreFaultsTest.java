package dev.wellhead.backup;

import java.nio.file.Path;

class PostgresStoreFaultsTest extends StoreFaultsContract {
    @Override
    BackupSubject open(Path targets) {
        return BackupSubject.postgres();
    }

    @Override
    int stride() {
        return 7;
    }

    @Override
    int operationsAtLeast() {
        return 20;
    }
}
