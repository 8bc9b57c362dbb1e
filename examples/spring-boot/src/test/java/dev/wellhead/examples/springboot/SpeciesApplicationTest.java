package dev.wellhead.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.cache.Cache;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.spring.Caches;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Import(Servers.class)
@DirtiesContext
class SpeciesApplicationTest {
    @TempDir
    private static Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @Autowired
    private TestDatabase database;

    @Autowired
    private DataSource dataSource;

    @Autowired
    private SpeciesRepository repository;

    @Autowired
    private Caches caches;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry properties) {
        properties.add("wellhead.redis.url", () -> RedisServer.shared().uri());
        properties.add("wellhead.redis.budget", () -> "1s");
        properties.add("wellhead.ratelimit.limits.per-address.permits", () -> 100_000);
        properties.add("wellhead.backup.directory", () -> folder.resolve("backups"));
    }

    @Test
    void jpaRunsOnThePoolAndOnTheSchemaOfTheMigrations() {
        Species saved = repository.save(new Species("Erithacus rubecula"));

        assertThat(dataSource).isInstanceOf(ConnectionPool.class);
        assertThat(database.queryOne("select name from species where id = " + saved.id()))
                .isEqualTo("Erithacus rubecula");
        assertThat(repository.findAll()).extracting(Species::name).contains("Parus major");
    }

    @Test
    void secondReadComesFromTheCacheUntilTheNameChanges() throws Exception {
        Species species = repository.save(new Species("Corvus"));
        String path = "/species/" + species.id();
        assertThat(get(path).body()).isEqualTo("Corvus");
        database.execute("update species set name = 'unseen' where id = " + species.id());

        assertThat(get(path).body()).isEqualTo("Corvus");
        assertThat(put(path, "Corvus corax").statusCode()).isEqualTo(204);
        assertThat(get(path).body()).isEqualTo("Corvus corax");
        Cache<?, ?> names = caches.opened().get("species-names");
        assertThat(names.stats().nearHits()).isPositive();
        assertThat(names.stats().redisAway()).isFalse();
    }

    @Test
    void firstBackupIsMadeAndVerifiedByItself() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(get("/actuator/wellhead").body()).contains("\"state\":\"VERIFIED\""));
    }

    @Test
    void actuatorTellsOfEverythingAndOfNoSecret() throws Exception {
        HttpResponse<String> health = get("/actuator/health");
        HttpResponse<String> overview = get("/actuator/wellhead");

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("\"wellhead\"", "\"migrations\"", "\"backups\"");
        assertThat(overview.body())
                .contains("\"pool\"", "\"species-names\"", "\"per-address\"", "\"create species\"")
                .doesNotContain(database.password());
        assertThat(health.body()).doesNotContain(database.password());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).GET().build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> put(String path, String body) throws IOException, InterruptedException {
        return client.send(request(path).PUT(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60));
    }
}
