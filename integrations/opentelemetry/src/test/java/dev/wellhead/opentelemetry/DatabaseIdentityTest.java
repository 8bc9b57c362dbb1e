package dev.wellhead.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseIdentityTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://db/app                              | db.namespace=\"app\", db.system.name=\"postgresql\", server.address=\"db\"",
                "jdbc:postgresql://db:5432/app                         | db.namespace=\"app\", db.system.name=\"postgresql\", server.address=\"db\"",
                "jdbc:postgresql://db:5433/app?user=u&password=p       | db.namespace=\"app\", db.system.name=\"postgresql\", server.address=\"db\", server.port=5433",
                "JDBC:POSTGRESQL://db/app                              | db.namespace=\"app\", db.system.name=\"postgresql\", server.address=\"db\"",
                "jdbc:postgresql://u:p@db/app                          | db.namespace=\"app\", db.system.name=\"postgresql\", server.address=\"db\"",
                "jdbc:postgresql://[::1]:5433/app                      | db.namespace=\"app\", db.system.name=\"postgresql\", server.address=\"[::1]\", server.port=5433",
                "jdbc:postgresql://a:1,b:2/app                         | db.namespace=\"app\", db.system.name=\"postgresql\"",
                "jdbc:postgresql:app                                   | db.namespace=\"app\", db.system.name=\"postgresql\"",
                "jdbc:postgresql://db/                                 | db.system.name=\"postgresql\", server.address=\"db\"",
                "jdbc:postgresql://db                                  | db.system.name=\"postgresql\", server.address=\"db\"",
                "jdbc:postgresql://db:no/app                           | db.namespace=\"app\", db.system.name=\"postgresql\", server.address=\"db\"",
                "jdbc:sqlite:/var/lib/app.db                           | db.system.name=\"sqlite\"",
                "jdbc:mysql://db/app                                   | db.system.name=\"other_sql\"",
            })
    void urlTellsSystemServerAndName(String url, String attributes) {
        assertThat(DatabaseIdentity.ofJdbcUrl(url)).hasToString("{" + attributes + "}");
    }

    @Property
    void noUrlIsTooOdd(@ForAll String rest) {
        assertThat(DatabaseIdentity.ofJdbcUrl("jdbc:postgresql:" + rest).system())
                .isEqualTo("postgresql");
        assertThat(DatabaseIdentity.ofJdbcUrl("jdbc:postgresql://" + rest).attributes())
                .isNotNull();
    }

    @Property
    void passwordNeverShows(@ForAll("words") String user) {
        assertThat(DatabaseIdentity.ofJdbcUrl("jdbc:postgresql://" + user + ":canary@db/app?password=canary")
                        .toString())
                .doesNotContain("canary");
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.strings().withCharRange('!', '~').excludeChars('?').ofMaxLength(20);
    }

    @Test
    void blankSystemIsRefused() {
        assertThatThrownBy(() -> DatabaseIdentity.of(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("other_sql");
    }
}
