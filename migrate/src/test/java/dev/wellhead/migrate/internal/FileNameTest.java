package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.migrate.internal.FileName.Convention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNameTest {
    @Test
    void namesOfEachConventionAreRead() {
        assertThat(FileName.parse("001_create_users.sql")).isEqualTo(up("001", "create users", Convention.NUMBERED));
        assertThat(FileName.parse("001_create_users.down.sql"))
                .isEqualTo(new FileName("001", "create users", null, true));
        assertThat(FileName.parse("1.2_a.up.sql")).isEqualTo(up("1.2", "a", Convention.PAIRED));
        assertThat(FileName.parse("V1_2__x.sql")).isEqualTo(up("1.2", "x", Convention.LETTERED));
        assertThat(FileName.parse("U1.2__take back.sql"))
                .isEqualTo(new FileName("1.2", "take back", Convention.LETTERED, true));
        assertThat(FileName.parse("R__active_users.sql"))
                .isEqualTo(up("R__active_users", "active users", Convention.REPEATABLE));
        assertThat(FileName.parse("2026-01-31-120000_users/up.sql"))
                .isEqualTo(up("20260131120000", "users", Convention.FOLDERS));
        assertThat(FileName.parse("7_users/down.sql")).isEqualTo(new FileName("7", "users", Convention.FOLDERS, true));
    }

    private static FileName up(String version, String description, Convention convention) {
        return new FileName(version, description, convention, false);
    }

    @ParameterizedTest
    @CsvSource({
        "001_x.SQL, in small letters",
        "1_x.Up.sql, .up.sql or .down.sql",
        "1_x.dwon.sql, .up.sql or .down.sql",
        "v1__x.sql, capitals",
        "r__x.sql, R is a capital",
        "R_x.sql, two underscores",
        "R__x.down.sql, not taken back",
        "V1_x.sql, two underscores",
        "V1.sql, a description",
        "Vx__x.sql, followed by the version",
        "B1__x.sql, history().baseline",
        "afterMigrate.sql, callbacks",
        "001.sql, a description",
        "1-x.sql, an underscore",
        "1_x/Up.sql, up.sql and down.sql",
        "users/up.sql, the name of the folder",
    })
    void whatIsWrongWithANearMissIsSaid(String name, String hint) {
        assertThat(FileName.parse(name)).isNull();
        assertThat(FileName.hint(name)).contains(hint);
    }

    @Test
    void dotsAndUnderscoresBelongToTheDescriptionWhereNoVersionGoesOn() {
        assertThat(FileName.parse("1_a.b_c.sql")).isEqualTo(up("1", "a.b c", Convention.NUMBERED));
        assertThat(FileName.parse("1_.up.sql")).isEqualTo(up("1", ".up", Convention.NUMBERED));
        assertThat(FileName.parse("1_a.up.down.sql")).isEqualTo(new FileName("1", "a.up", null, true));
        assertThat(FileName.parse("V1__2__x.sql")).isEqualTo(up("1", "2  x", Convention.LETTERED));
        assertThat(FileName.parse("1._x.sql")).isNull();
        assertThat(FileName.parse("V1.__x.sql")).isNull();
        assertThat(FileName.parse("1_2/x_up.sql")).isNull();
    }

    @Test
    void nothingIsSaidOfOtherNames() {
        assertThat(FileName.hint("users.sql")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "users.sql",
                "001.sql",
                "001_.sql",
                "V1_x.sql",
                "v1__x.sql",
                "R__.sql",
                "1-x.sql",
                "001_x.SQL",
                "x001_y.sql"
            })
    void otherNamesAreNot(String name) {
        assertThat(FileName.parse(name)).isNull();
    }
}
