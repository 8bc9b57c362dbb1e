package dev.wellhead.examples.labs.debugging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostDataLabTest {
    private static final Lab LAB = new LostDataLab();
    private static final String FILE = "container.properties";
    private static final String MOUNT = "volume.mount = /app/data";

    @TempDir
    private Path work;

    @Test
    void movingTheFileIntoTheVolumeIsAsGoodAsMovingTheVolume() throws Exception {
        Mending mending = Mending.ofStart(LAB, work).with(FILE, "/app/data/orders.db", "/data/orders.db");

        mending.play().isSolved();
    }

    @Test
    void volumeAtAFolderThatBeginsAlikeKeepsNothing() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work).with(FILE, MOUNT, "volume.mount = /app/dat");

        assertThat(mending.play().unmet()).hasSize(3);
    }

    @Test
    void volumeInPlaceOfTheFileIsRefused() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work).with(FILE, MOUNT, MOUNT + "/orders.db");

        mending.play().misses("a volume is a folder");
    }

    @Test
    void pathThatIsNoneOfTheContainerIsRefused() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work).with(FILE, MOUNT, "volume.mount = ./data");

        mending.play().misses("volume.mount must be a path of the container");
    }
}
