package dev.wellhead.examples.labs.production;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Mending;
import dev.wellhead.examples.labs.Played;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceLabTest {
    private static final Lab LAB = new ServiceLab();
    private static final String SETTINGS = "service.env";
    private static final String MIGRATION = "006_add_model.sql";

    @TempDir
    private Path work;

    @Test
    void otherNumbersAndColumnThatMayBeEmptyForAWhilePassAsWell() throws Exception {
        Mending.ofSolution(LAB, work)
                .with(SETTINGS, "POOL_SIZE=6", "POOL_SIZE=4")
                .with(SETTINGS, "TRUSTED_PROXIES=127.0.0.1", "TRUSTED_PROXIES=127.0.0.0/8")
                .with(SETTINGS, "SHUTDOWN_DELAY=3s", "SHUTDOWN_DELAY=4s")
                .with(MIGRATION, """
                        alter table predictions add column model varchar(40);
                        update predictions set model = 'nearest-5';
                        """)
                .play()
                .isSolved();
    }

    @Test
    void trustInEverybodyFolderOfAReplicaAndSuddenEndDoNotPass() throws Exception {
        Mending.ofSolution(LAB, work)
                .with(SETTINGS, "TRUSTED_PROXIES=127.0.0.1", "TRUSTED_PROXIES=0.0.0.0/0")
                .with(SETTINGS, "BACKUP_DIR=$SHARED/backups", "BACKUP_DIR=$OWN/backups")
                .with(SETTINGS, "SHUTDOWN_DELAY=3s", "")
                .play()
                .misses(
                        "a replica that is told to stop answers",
                        "a backup outlives the replica",
                        "writes addresses into X-Forwarded-For");
    }

    @Test
    void asManyConnectionsAsTheDefaultLeaveNoneForABackup() throws Exception {
        Played played = Mending.ofSolution(LAB, work)
                .with(SETTINGS, "POOL_SIZE=6", "")
                .with(MIGRATION, "default", "defautl")
                .play();

        assertThat(played.unmet())
                .contains(
                        "while all replicas are busy, the server has connections left for backups, migrations and people",
                        "the exercise can be used");
        assertThat(played.hints())
                .anyMatch(hint -> hint.contains("a replica does not start: migration 006 (006_add_model.sql)"));
    }
}
