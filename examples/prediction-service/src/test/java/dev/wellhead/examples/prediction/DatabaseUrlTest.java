package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {
    @ParameterizedTest
    @CsvSource({
        "postgresql://ann:s3cret@db:5433/app, jdbc:postgresql://db:5433/app, ann, s3cret",
        "postgres://ann:s3cret@db/app?ssl=true, jdbc:postgresql://db/app?ssl=true, ann, s3cret",
        "jdbc:postgresql://ann:s3cret@db/app, jdbc:postgresql://db/app, ann, s3cret",
        "jdbc:postgresql://db/app, jdbc:postgresql://db/app, '', ''",
        "postgresql://ann@db/app, jdbc:postgresql://db/app, ann, ''",
        "'postgresql://ann:a%40b%2Fc+d@db/app', jdbc:postgresql://db/app, ann, a@b/c+d",
        "jdbc:sqlite:data/app.db, jdbc:sqlite:data/app.db, '', ''",
        "sqlite:/data/app.db, jdbc:sqlite:/data/app.db, '', ''",
    })
    void usualFormsAreUnderstood(String text, String jdbc, String user, String password) {
        assertThat(DatabaseUrl.parse(text)).isEqualTo(new DatabaseUrl(jdbc, user, password));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "db.example.org",
                "mysql://db/app",
                "postgresql://db",
                "postgresql://db/",
                "postgresql:///app",
                "postgresql://ann:s3 cret@db/app",
                "postgresql://ann:s3cret@[db/app",
                "jdbc:sqlite:",
                "jdbc:sqlite::memory:",
                "jdbc:sqlite:file?mode=ro"
            })
    void anythingElseIsRefusedInOneLineWithoutTheSecret(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text))
                .isInstanceOf(SettingsException.class)
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith("DATABASE_URL")
                        .doesNotContain("\n")
                        .doesNotContain("s3"));
    }

    @Property
    void anyPasswordSurvivesEncoding(@ForAll @NotEmpty String password) {
        String encoded = URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20");
        // What UTF-8 cannot hold, such as half a surrogate pair, is lost by any encoder.
        String expected = new String(password.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

        assertThat(DatabaseUrl.parse("postgresql://ann:" + encoded + "@db/app").password())
                .isEqualTo(expected);
    }

    @Property
    void noTextEndsInAnythingButAnAddressOrASettingsException(@ForAll String text) {
        Throwable thrown = catchThrowable(() -> DatabaseUrl.parse("postgresql://" + text));

        assertThat(thrown == null || thrown instanceof SettingsException).isTrue();
    }

    @Test
    void addressIsShownWithoutSecrets() {
        DatabaseUrl url = DatabaseUrl.parse("jdbc:postgresql://db/app?user=ann&password=s3cret");

        assertThat(url.toString()).doesNotContain("s3cret");
    }
}
