package dev.wellhead.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.redis.Redis;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;

/** The same application with no Redis and no place for backups: caches and limiter work in its process. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = "wellhead.ratelimit.limits.per-address.permits=3")
@Import(Servers.class)
@DirtiesContext
class WithoutRedisTest {
    private final HttpClient client = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @Autowired
    private ObjectProvider<Redis> redis;

    @Test
    void whoAsksTooOftenIsToldWhenToComeBack() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/species/1"))
                .timeout(Duration.ofSeconds(60))
                .build();
        List<HttpResponse<String>> answers = new ArrayList<>();
        // One permit comes back every 20 s.
        while (answers.size() < 30
                && (answers.isEmpty() || answers.get(answers.size() - 1).statusCode() == 200)) {
            answers.add(client.send(request, BodyHandlers.ofString()));
        }

        HttpResponse<String> last = answers.get(answers.size() - 1);
        assertThat(redis.getIfAvailable()).isNull();
        assertThat(answers).hasSizeGreaterThan(3);
        assertThat(answers.get(0).body()).isEqualTo("Parus major");
        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(last.headers().firstValue("Retry-After")).isPresent();
    }
}
