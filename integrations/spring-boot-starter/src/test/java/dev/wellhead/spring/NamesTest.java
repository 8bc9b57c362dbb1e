package dev.wellhead.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    @ParameterizedTest
    @CsvSource({
        "species, species",
        "speciesByName, species-by-name",
        "species-by-name, species-by-name",
        "MAX_LIFETIME, max-lifetime",
        "perIP, per-ip",
        "top10Users, top10-users",
        "a.b, a.b"
    })
    void propertiesHaveDashes(String name, String kebab) {
        assertThat(Names.kebab(name)).isEqualTo(kebab);
    }

    @ParameterizedTest
    @CsvSource({"per-ip, perIp", "login, login", "a.b_c, aBC", "-x, x"})
    void parametersHaveCapitals(String name, String camel) {
        assertThat(Names.camel(name)).isEqualTo(camel);
    }
}
