package dev.wellhead.core;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://db:5432/app?user=ann&password=hunter2&ssl=true|jdbc:postgresql://db:5432/app?user=***&password=***&ssl=true",
                "postgresql://ann:hunter2@db/app|postgresql://***@db/app",
                "postgresql://ann:p@ss@db/app|postgresql://***@db/app",
                "postgresql://ann:hun/ter2@db/app|postgresql://***@db/app",
                "postgresql://ann:hun?ter#2@db/app?mail=a@b|postgresql://***@db/app?mail=a@b",
                "postgresql://ann:hun?t=er2@db/app|postgresql://***@db/app",
                "postgresql://ann:hunter 2@db/app|postgresql://***@db/app",
                "postgresql://one:5432,two:5433/app?mail=a@b|postgresql://one:5432,two:5433/app?mail=a@b",
                "postgresql://[::1]:5432/app?mail=a@b|postgresql://[::1]:5432/app?mail=a@b",
                "postgresql://db/app?mail=a@b|postgresql://db/app?mail=a@b",
                "redis://:hun/ter2@cache:6379/0|redis://***@cache:6379/0",
                "redis://:hunter2@cache:6379/0|redis://***@cache:6379/0",
                "jdbc:sqlite:/data/app.db|jdbc:sqlite:/data/app.db",
                "jdbc:postgresql://db/app?sslpassword=x&sslKey=y|jdbc:postgresql://db/app?sslpassword=***&sslKey=***",
                "not a url|not a url",
            })
    void urlLosesUserPasswordAndSecretParameters(String url, String shown) {
        assertThat(Redaction.url(url)).isEqualTo(shown);
    }

    @Property
    void passwordNeverShowsWhereverItStands(@ForAll("secrets") String secret) {
        assertThat(Redaction.url("postgresql://ann:" + secret + "@db:5432/app")).doesNotContain(secret);
        assertThat(Redaction.url("jdbc:postgresql://db/app?ssl=true&password=" + secret))
                .doesNotContain(secret);
    }

    @Provide
    Arbitrary<String> secrets() {
        return Arbitraries.strings()
                .withChars("QXZ789@:+!$%^*()~/?#")
                .ofMinLength(4)
                .ofMaxLength(30)
                // A mask of asterisks may of course contain the asterisks of a secret.
                .filter(secret -> !secret.contains("**"));
    }

    @Property
    void printableTextHasNoControlCharactersAndKeepsPlainTextUntouched(@ForAll String text) {
        String shown = Redaction.printable(text);

        assertThat(shown.codePoints())
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (text.codePoints().allMatch(c -> c >= ' ' && c < 0x7f)) {
            assertThat(shown).isEqualTo(text);
        }
    }

    @Test
    void printableEscapesWhatCouldForgeALogLine() {
        assertThat(Redaction.printable("a\nINFO forged\u202e")).isEqualTo("a\\nINFO forged\\u202e");
    }
}
