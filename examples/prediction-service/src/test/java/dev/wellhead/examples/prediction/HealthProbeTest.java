package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.core.MetricSink;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthProbeTest {
    @ParameterizedTest
    @CsvSource({"200, up", "503, down"})
    void answerIsStatusAndBody(int status, String said) {
        try (HttpApi http = new HttpApi("127.0.0.1", 0, MetricSink.none(), Duration.ofSeconds(2))) {
            http.route("GET", "/health", request -> Response.json(status, Map.of("status", said)))
                    .start();

            assertThat(HealthProbe.ask(http.port())).isEqualTo(status + " {\"status\":\"" + said + "\"}");
        }
    }

    @Test
    void nobodyThereIsNoAnswer() {
        HttpApi http = new HttpApi("127.0.0.1", 0, MetricSink.none(), Duration.ofSeconds(2));
        int port = http.port();
        http.close();

        assertThat(HealthProbe.ask(port)).startsWith("no answer on port " + port);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, is not of this machine", "no.such.host.invalid, is not known"})
    void foreignAddressIsNotTakenForAPortInUse(String host, String message) {
        assertThatThrownBy(() -> new HttpApi(host, 0, MetricSink.none(), Duration.ZERO))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("HOST " + host + " " + message);
    }
}
