package dev.wellhead.examples.labs.production;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.examples.labs.ExerciseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentFileTest {
    @TempDir
    private Path folder;

    private EnvironmentFile read(String text) throws IOException, ExerciseException {
        return EnvironmentFile.read(Files.writeString(folder.resolve("service.env"), text));
    }

    @Test
    void placesAreFilledAndCommentsAreNone() throws Exception {
        EnvironmentFile file = read("# a comment\n\nPOOL_SIZE=6\r\n BACKUP_DIR=$SHARED/${OWN} \n");

        assertThat(file.settings()).containsEntry("BACKUP_DIR", "$SHARED/${OWN}");
        assertThat(file.with(Map.of("SHARED", "/all/$1", "OWN", "mine")))
                .isEqualTo(Map.of("POOL_SIZE", "6", "BACKUP_DIR", "/all/$1/mine"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POOLSIZE=6 | service.env, line 2: the service has no setting POOLSIZE; it has [BACKUP_DIR,",
                "PORT=8080 | service.env, line 2: PORT is set by the lab",
                "POOL_SIZE 6 | service.env, line 2: this is no setting; write NAME=value",
                "POOL_SIZE = 6 | service.env, line 2: this is no setting; write NAME=value",
                "REDIS_URL=\"$REDIS\" | service.env, line 2: quotes would be a part of the value",
            })
    void mistakeIsToldWithItsLine(String line, String told) {
        assertThatThrownBy(() -> read("# a comment\n" + line + "\n"))
                .isInstanceOf(ExerciseException.class)
                .hasMessageStartingWith(told);
    }

    @Test
    void placeThatThereIsNotIsToldWithThoseThatThereAre() throws Exception {
        EnvironmentFile file = read("REDIS_URL=$REDIS_URI\n");

        assertThatThrownBy(() -> file.with(Map.of("REDIS", "redis://x", "OWN", "/x")))
                .isInstanceOf(ExerciseException.class)
                .hasMessage("service.env: REDIS_URL asks for $REDIS_URI; there are only $OWN, $REDIS");
    }
}
