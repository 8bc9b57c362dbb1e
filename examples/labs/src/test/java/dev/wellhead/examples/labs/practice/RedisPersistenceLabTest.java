package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisPersistenceLabTest {
    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new RedisPersistenceLab(), work);
    }

    @Test
    void snapshotsAloneDoNotPass() throws Exception {
        solution()
                .with("redis.conf", "appendonly yes", "appendonly no")
                .with("redis.conf", "appendfsync always", "")
                .play()
                .misses("survives kill -9", "once it is on the disk");
    }

    @Test
    void syncEachSecondDoesNotPass() throws Exception {
        solution()
                .with("redis.conf", "appendfsync always", "appendfsync everysec")
                .play()
                .misses("once it is on the disk");
    }

    @Test
    void logWithoutSnapshotsPassesAsWell() throws Exception {
        solution()
                .with("redis.conf", "save \"\"\nappendonly yes\nappendfsync always\n")
                .play()
                .isSolved();
    }

    @Test
    void settingThatRedisRefusesIsAMessage() throws Exception {
        solution()
                .with("redis.conf", "appendfsync always", "appendfsync sometimes")
                .play()
                .misses("the exercise can be used: Redis does not start with this file");
    }

    @Test
    void settingThatIsTheLabsIsAMessage() throws Exception {
        solution()
                .with("redis.conf", "appendonly yes", "port 6379")
                .play()
                .misses("has nothing to do with what is kept");
    }
}
