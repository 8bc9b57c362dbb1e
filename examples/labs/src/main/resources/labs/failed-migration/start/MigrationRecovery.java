import dev.wellhead.examples.labs.debugging.Recovery;
import dev.wellhead.migrate.Migrator;

/** Brings version 2 to its end. */
public class MigrationRecovery implements Recovery {
    @Override
    public void recover(Migrator migrator) {
        // The deployment complains about version 2, so it is told that there is nothing left to do.
        migrator.history().markApplied("2");
    }
}
