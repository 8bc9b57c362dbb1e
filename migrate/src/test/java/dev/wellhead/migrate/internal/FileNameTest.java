package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNameTest {
    @Test
    void threeSchemesAreRead() {
        assertThat(FileName.parse("001_create_users.sql")).isEqualTo(new FileName("001", "create users", false));
        assertThat(FileName.parse("001_create_users.down.sql")).isEqualTo(new FileName("001", "create users", true));
        assertThat(FileName.parse("1.2_a.up.sql")).isEqualTo(new FileName("1.2", "a", false));
        assertThat(FileName.parse("V1_2__x.sql")).isEqualTo(new FileName("1.2", "x", false));
        assertThat(FileName.parse("U1.2__take back.sql")).isEqualTo(new FileName("1.2", "take back", true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "users.sql",
                "001.sql",
                "001_.sql",
                "V1_x.sql",
                "v1__x.sql",
                "R__x.sql",
                "1-x.sql",
                "001_x.SQL",
                "x001_y.sql"
            })
    void otherNamesAreNot(String name) {
        assertThat(FileName.parse(name)).isNull();
    }
}
