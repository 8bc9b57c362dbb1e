package dev.wellhead.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.testkit.StrictJson;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The handler on a real server, with requests as a browser, a person with curl, and an attacker send them. */
class HandlerTest {
    private static final String TOKEN = "a-token-of-24-characters";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private SqliteDatabase database;
    private Console console;
    private HttpServer server;

    @BeforeEach
    void mount() throws IOException, SQLException {
        database = SqliteDatabase.inMemory()
                .name("mem")
                .slowQueryThreshold(Duration.ofNanos(1))
                .open();
        console = Console.builder()
                .title("orders")
                .pools(database)
                .limiter("api", RateLimiter.inMemory().build())
                .build();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/ops/console", console.handler());
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        console.close();
        database.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/ops/console/, text/html",
        "/ops/console/console.css, text/css",
        "/ops/console/console.js, text/javascript",
        "/ops/console/icon.svg, image/svg+xml",
        "/ops/console/api/state, application/json",
    })
    void pageAndDataAreServedBelowThePlaceWhereTheHostMountedThem(String path, String type) {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Type")).startsWith(type);
        assertThat(answer.body()).isNotEmpty();
    }

    @Test
    void thePlaceWithoutASlashLeadsToTheOneWithIt() {
        HttpResponse<String> answer = get("/ops/console");

        assertThat(answer.statusCode()).isEqualTo(308);
        assertThat(header(answer, "Location")).isEqualTo("console/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ops/console/",
                "/ops/console",
                "/ops/console/console.js",
                "/ops/console/api/state",
                "/ops/console/nothing"
            })
    void everyAnswerHasTheHeadersThatKeepItToItself(String path) {
        HttpResponse<String> answer = get(path);

        assertThat(header(answer, "Content-Security-Policy"))
                .contains("default-src 'none'")
                .contains("script-src 'self'")
                .contains("frame-ancestors 'none'")
                .contains("form-action 'none'")
                .contains("base-uri 'none'")
                .contains("trusted-types 'none'")
                .doesNotContain("unsafe")
                .doesNotContain("*");
        assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(answer, "X-Frame-Options")).isEqualTo("DENY");
        assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
        assertThat(header(answer, "Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
        assertThat(header(answer, "Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
        assertThat(answer.headers().map().keySet())
                .noneMatch(name ->
                        name.equalsIgnoreCase("Access-Control-Allow-Origin") || name.equalsIgnoreCase("Set-Cookie"));
    }

    @Test
    void thePageHasNoScriptOrStyleInItsMarkupAndNamesNoOtherPlace() {
        String html = get("/ops/console/").body();

        assertThat(html).doesNotContain("style=").doesNotContain("<style").doesNotContain("javascript:");
        assertThat(html)
                .doesNotContainPattern("\\son[a-z]+\\s*=")
                .doesNotContainPattern("<script(?![^>]*\\ssrc=)[^>]*>");
        for (String file : List.of("", "console.css", "console.js", "icon.svg")) {
            assertThat(get("/ops/console/" + file).body().replace("http://www.w3.org/2000/svg", ""))
                    .as(file)
                    .doesNotContain("http://")
                    .doesNotContain("https://")
                    .doesNotContain("innerHTML")
                    .doesNotContain("outerHTML")
                    .doesNotContain("insertAdjacentHTML")
                    .doesNotContain("document.write")
                    .doesNotContain("eval(");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "GETX"})
    void onlyGetIsKnown(String method) throws IOException {
        for (String path : List.of("/ops/console/", "/ops/console/api/state", "/ops/console/api/plan")) {
            String answer = raw(method + " " + path
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

            assertThat(answer).startsWith("HTTP/1.1 405 ").contains("Allow: GET\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ops/console/../../etc/passwd",
                "/ops/console/..%2f..%2fetc%2fpasswd",
                "/ops/console/%2e%2e/%2e%2e/etc/passwd",
                "/ops/console//etc/passwd",
                "/ops/console/./console.js",
                "/ops/console/console.html",
                "/ops/console/Console.class",
                "/ops/console/..\\console.js",
                "/ops/console/console.js%00.css",
                "/ops/console/%63onsole.js",
                "/ops/console/api",
                "/ops/console/api/",
                "/ops/console/api/../console.js",
                "/ops/console/api/state/",
                "/ops/console/META-INF/LICENSE",
                "/ops/console/file:/etc/passwd",
                "/ops/console/console.js;x=y",
                "/ops/consoles/",
                "/ops/console.js"
            })
    void nothingElseCanBeHad(String path) throws IOException {
        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(answer)
                .containsPattern("^HTTP/1\\.1 40[04] ")
                .doesNotContain("root:")
                .doesNotContain("use strict");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost/ops/console/", "*", "mailto:x", "//evil.example/ops/console/"})
    void oddTargetsAreNoFailure(String target) throws IOException {
        assertThat(raw("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .doesNotContain("HTTP/1.1 500");
        assertThat(get("/ops/console/").statusCode()).isEqualTo(200);
    }

    @Test
    void hostsOfOthersAreRefusedOnTheWire() throws IOException {
        for (String path : List.of("/ops/console/", "/ops/console/api/state", "/ops/console/console.js")) {
            assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 403 ")
                    .doesNotContain("orders");
        }
    }

    @Test
    void stateTellsEachPartOnceAndOnlyWhatIsNewToWhoeverAsksOn() {
        await().atMost(Duration.ofSeconds(20)).until(() -> ((Long) state("").get("end")) >= 2);
        Map<String, Object> all = state("");
        long end = (Long) all.get("end");

        assertThat(all).containsEntry("title", "orders").containsKeys("now", "uptimeMs", "periodMs", "samples");
        assertThat(StrictJson.array(all.get("cards")))
                .extracting(card -> StrictJson.object(card).get("id"))
                .containsExactly("pool-mem-writer", "pool-mem-readers", "limiter-api");
        assertThat(StrictJson.array(all.get("moments"))).hasSize((int) end);
        Map<String, Object> more = state("?since=" + end);
        assertThat(StrictJson.array(more.get("moments")).size()).isEqualTo((int) ((Long) more.get("end") - end));
        for (String odd : List.of(
                "?since=",
                "?since=x",
                "?since=-1",
                "?since=99999999999999999999999",
                "?&&=&since",
                "?" + "a".repeat(5000))) {
            assertThat(StrictJson.array(state(odd).get("moments")).size())
                    .as(odd)
                    .isGreaterThanOrEqualTo((int) end);
        }
    }

    @Test
    void aSlowQueryIsExplainedWithoutBeingRun() throws SQLException {
        try (Connection connection = database.writer().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table things (id integer primary key, name text)");
            statement.execute("insert into things (name) values ('canary-literal')");
            statement.execute("delete from things where name = 'other-canary'");
        }
        Map<String, Object> delete = slow("delete from things");

        Map<String, Object> plan = planOf((String) delete.get("id"));

        assertThat(plan).containsEntry("state", "ready");
        assertThat(Json.write(plan)).contains("things").doesNotContain("canary");
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from things")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(1);
        }
        assertThat(planOf((String) slow("create table").get("id")))
                .containsEntry("state", "failed")
                .containsEntry("error", "the database explains no such statement, or its text was too long to be kept");
    }

    @Test
    void executionsOfOneStatementAreToldTogether() throws SQLException {
        try (Connection connection = database.writer().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table counted (id integer primary key)");
            try (PreparedStatement insert = connection.prepareStatement("insert into counted (id) values (?)")) {
                for (int id : new int[] {1, 2, 1}) {
                    insert.setInt(1, id);
                    try {
                        insert.executeUpdate();
                    } catch (SQLException e) {
                        assertThat(id).isEqualTo(1);
                    }
                }
            }
        }

        Map<String, Object> insert = slow("insert into counted");

        assertThat(insert).containsEntry("count", 3L).containsEntry("failed", 1L);
        assertThat((Long) insert.get("worstMs")).isGreaterThanOrEqualTo((Long) insert.get("lastMs"));
        assertThat(slow("create table counted")).containsEntry("count", 1L).containsEntry("failed", 0L);
        assertThat(planOf((String) insert.get("id"))).containsKey("state");
        Map<String, Object> now = StrictJson.object(
                StrictJson.object(StrictJson.array(state("").get("cards")).get(0))
                        .get("now"));
        assertThat(StrictJson.array(now.get("slow")))
                .hasSize(((Long) now.get("slowStatements")).intValue())
                .extracting(each -> StrictJson.object(each).get("sql"))
                .doesNotHaveDuplicates();
    }

    @Test
    void unknownQueriesAndPoolsHaveNoPlan() {
        for (String query : List.of(
                "",
                "?pool=mem-writer",
                "?query=abc",
                "?pool=mem-writer&query=0000000000000000",
                "?pool=x&query=y",
                "?pool=api&query=y")) {
            HttpResponse<String> answer = get("/ops/console/api/plan" + query);

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).startsWith("{\"state\":\"failed\"");
        }
    }

    @Test
    void poolsWithoutDirectConnectionsAndConsolesWithoutPlansOfferNone() {
        try (TestDatabase file = TestDatabase.sqlite();
                ConnectionPool pool =
                        ConnectionPool.builder(file.dataSource()).name("plain").build();
                Console plain = Console.builder().pool(pool).build();
                Console without =
                        Console.builder().pools(database).withoutPlans().build()) {
            assertThat(fetch(start(plain), "api/state").body()).contains("\"plans\":false");
            assertThat(fetch(start(without), "api/state").body())
                    .contains("\"plans\":false")
                    .doesNotContain("\"plans\":true");
        }
        assertThat(get("/ops/console/api/state").body()).contains("\"plans\":true");
    }

    @Test
    void withATokenDataIsForThoseWhoSendIt() throws IOException, InterruptedException {
        try (Console locked = Console.builder().title("locked").token(TOKEN).build()) {
            URI place = start(locked);

            assertThat(fetch(place, "").statusCode()).isEqualTo(200);
            HttpResponse<String> refused = fetch(place, "api/state");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(header(refused, "WWW-Authenticate")).startsWith("Bearer");
            assertThat(refused.body()).doesNotContain("locked");
            assertThat(fetch(place, "api/state?token=" + TOKEN).statusCode()).isEqualTo(401);
            HttpResponse<String> answered = http.send(
                    HttpRequest.newBuilder(place.resolve("api/state"))
                            .header("Authorization", "Bearer " + TOKEN)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answered.statusCode()).isEqualTo(200);
            assertThat(answered.body() + answered.headers() + locked)
                    .contains("locked")
                    .doesNotContain(TOKEN);
        }
    }

    @Test
    void aPartThatThrowsIsSaidSoByItsClassAndTheOthersAreShown() {
        RateLimiter broken = new BrokenParts.Limiter();
        try (Console one =
                Console.builder().limiter("broken", broken).pools(database).build()) {
            String state = fetch(start(one), "api/state").body();

            assertThat(state)
                    .contains("\"error\":\"IllegalStateException\"")
                    .contains("pool-mem-writer")
                    .doesNotContain("canary");
        }
    }

    @Test
    void aClosedConsoleLeavesNoThreadAndStartsNoServer() throws IOException {
        Console one = Console.builder().title("brief").pools(database).build();
        URI place = start(one);
        assertThat(fetch(place, "api/state").statusCode()).isEqualTo(200);

        one.close();
        one.close();

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(threads()).containsExactly("wellhead-console-sampler-1"));
        assertThatThrownBy(() -> fetch(place, "api/state")).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> one.start(0)).isInstanceOf(IllegalStateException.class);
    }

    /** Of the console that is mounted for every test nothing else is alive. */
    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("wellhead-console-"))
                .toList();
    }

    @Test
    void addressesThatOthersReachNeedAToken() {
        InetSocketAddress wildcard = new InetSocketAddress("0.0.0.0", 0);

        assertThatThrownBy(() -> console.start(wildcard))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("token");
        try (Console locked = Console.builder().token(TOKEN).build()) {
            assertThatCode(() -> assertThat(fetch(locked.start(wildcard), "").statusCode())
                            .isEqualTo(200))
                    .doesNotThrowAnyException();
        }
        assertThatThrownBy(() -> console.start(InetSocketAddress.createUnresolved("nowhere.invalid", 0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nowhere.invalid");
    }

    @Test
    void badOptionsAreRefusedWhereTheyAreSet() {
        Console.Builder builder = Console.builder();

        assertThatThrownBy(() -> builder.token("short"))
                .hasMessageContaining("at least 16")
                .hasMessageNotContaining("short");
        assertThatThrownBy(() -> builder.token("a token with blanks in it")).hasMessageContaining("visible");
        assertThatThrownBy(() -> builder.title(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.title("x".repeat(101))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.limiter("<b>", new BrokenParts.Limiter()))
                .isInstanceOf(IllegalArgumentException.class);
        builder.pools(database);
        assertThatThrownBy(() -> builder.pools(database)).hasMessageContaining("'mem-writer' already");
    }

    @Test
    void aTitleIsText() {
        try (Console one = Console.builder()
                .title("</script><img src=x onerror=alert(1)>\u202e")
                .build()) {
            String state = fetch(start(one), "api/state").body();

            assertThat(state).doesNotContain("<").doesNotContain(">").doesNotContain("\u202e");
            assertThat(StrictJson.readObject(state))
                    .containsEntry("title", "</script><img src=x onerror=alert(1)>\\u202e");
        }
    }

    private Map<String, Object> slow(String sql) {
        List<Object> cards = StrictJson.array(state("").get("cards"));
        List<Object> slow = new ArrayList<>(StrictJson.array(
                StrictJson.object(StrictJson.object(cards.get(0)).get("now")).get("slow")));
        return slow.stream()
                .map(StrictJson::object)
                .filter(query -> ((String) query.get("sql")).startsWith(sql))
                .findFirst()
                .orElseThrow();
    }

    private Map<String, Object> planOf(String id) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> StrictJson.readObject(get("/ops/console/api/plan?pool=mem-writer&query=" + id)
                                .body()),
                        plan -> !Objects.equals(plan.get("state"), "reading"));
    }

    private Map<String, Object> state(String query) {
        return StrictJson.readObject(get("/ops/console/api/state" + query).body());
    }

    private HttpResponse<String> get(String path) {
        return fetch(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"), path.substring(1));
    }

    private static URI start(Console console) {
        try {
            return console.start(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> fetch(URI place, String path) {
        try {
            return http.send(HttpRequest.newBuilder(place.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String raw(String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
