import dev.wellhead.examples.labs.debugging.Recovery;
import dev.wellhead.migrate.Migrator;

/** Brings version 2 to its end. */
public class MigrationRecovery implements Recovery {
    @Override
    public void recover(Migrator migrator) {
        // The catalogue shows that the index of the second statement is broken: it is built anew, then the third runs.
        migrator.migrate();
    }
}
