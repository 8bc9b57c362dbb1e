package dev.wellhead.console;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.wellhead.console.Access.Refusal;
import dev.wellhead.console.Assets.Asset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what the page asks for. Nothing blocks but the sending itself. Thread-safe. */
final class ConsoleHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    private static final String JSON = "application/json; charset=utf-8";
    private static final String API = "api/";

    // Scripts and styles of these files alone, requests to this origin alone, no markup made of text,
    // in nobody's frame.
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'";
    private static final Map<String, String> ALWAYS = Map.of(
            "Content-Security-Policy", POLICY,
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()",
            "Cache-Control", "no-store");

    private final Access access;
    private final Assets assets;
    private final Map<String, Function<Map<String, String>, Object>> questions;

    /**
     * An answer.
     *
     * @param more a header more, and its value; null for none
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    private record Reply(int status, String type, byte[] body, Map.@Nullable Entry<String, String> more) {}

    /** @param questions what may be asked for below {@code api/}: each takes the query and returns what {@link Json} can write */
    ConsoleHandler(Access access, Assets assets, Map<String, Function<Map<String, String>, Object>> questions) {
        this.access = access;
        this.assets = assets;
        this.questions = Map.copyOf(questions);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Reply reply;
            try {
                reply = reply(exchange);
            } catch (RuntimeException e) {
                // By its class only: what a host's own implementation says is nothing for a log of ours.
                LOG.warn("console: a request failed with {}", e.getClass().getName());
                reply = error(500, "internal error");
            }
            send(exchange, reply);
        }
    }

    private Reply reply(HttpExchange exchange) {
        String path = below(exchange);
        boolean data = path == null || path.startsWith(API);
        Refusal refusal = access.refuse(exchange, data);
        if (refusal != null) {
            return refusal.status() == 401
                    ? error(401, refusal.why(), Map.entry("WWW-Authenticate", "Bearer realm=\"console\""))
                    : error(refusal.status(), refusal.why());
        }
        if (!exchange.getRequestMethod().equals("GET")) {
            return error(405, "the console only shows: GET is all it knows", Map.entry("Allow", "GET"));
        }
        if (path == null) {
            return error(404, "there is nothing here");
        }
        if (path.equals("/")) {
            return redirectToFolder(exchange);
        }
        Asset asset = assets.get(path);
        return asset == null ? answer(path, exchange) : new Reply(200, asset.type(), asset.body(), null);
    }

    private Reply answer(String path, HttpExchange exchange) {
        Function<Map<String, String>, Object> question =
                path.startsWith(API) ? questions.get(path.substring(API.length())) : null;
        if (question == null) {
            return error(404, "there is nothing here");
        }
        return json(200, question.apply(Query.of(exchange.getRequestURI().getRawQuery())), null);
    }

    /**
     * Returns the path below the place where the host has mounted the console, as it was sent, so that nothing is decoded;
     * {@code "/"} for that place itself without a slash behind it, null for what is not below it.
     */
    private static @Nullable String below(HttpExchange exchange) {
        String place = exchange.getHttpContext().getPath();
        String path = exchange.getRequestURI().getRawPath();
        if (path == null || !path.startsWith(place)) {
            return null;
        }
        String rest = path.substring(place.length());
        if (place.endsWith("/")) {
            return rest;
        }
        if (rest.isEmpty()) {
            return "/";
        }
        return rest.startsWith("/") ? rest.substring(1) : null;
    }

    /** The page's links are relative to its folder. */
    private static Reply redirectToFolder(HttpExchange exchange) {
        String place = exchange.getHttpContext().getPath();
        String name = place.substring(place.lastIndexOf('/') + 1);
        return new Reply(308, "text/plain; charset=utf-8", new byte[0], Map.entry("Location", name + "/"));
    }

    private static Reply error(int status, String why) {
        return json(status, Json.object("error", why), null);
    }

    private static Reply error(int status, String why, Map.Entry<String, String> more) {
        return json(status, Json.object("error", why), more);
    }

    private static Reply json(int status, Object value, Map.@Nullable Entry<String, String> more) {
        return new Reply(status, JSON, Json.write(value).getBytes(StandardCharsets.UTF_8), more);
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        ALWAYS.forEach(headers::set);
        headers.set("Content-Type", reply.type());
        Map.Entry<String, String> more = reply.more();
        if (more != null) {
            headers.set(more.getKey(), more.getValue());
        }
        if (reply.body().length == 0 || exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(reply.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(reply.status(), reply.body().length);
        exchange.getResponseBody().write(reply.body());
    }
}
