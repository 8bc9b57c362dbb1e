package dev.wellhead.examples.prediction;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a client asks, with checks that name the field. For one thread. */
final class Request {
    private static final int LARGEST_BODY = 64 * 1024;

    private final HttpExchange exchange;
    private final Map<String, String> query;
    private final String subject;
    private @Nullable Map<String, @Nullable Object> body;

    /** @param subject the variable part of the path, empty if it has none */
    Request(HttpExchange exchange, String subject) {
        this.exchange = exchange;
        this.subject = subject;
        this.query = parse(exchange.getRequestURI().getRawQuery());
    }

    String subject() {
        return subject;
    }

    InetAddress remoteAddress() {
        return exchange.getRemoteAddress().getAddress();
    }

    @Nullable String header(String name) {
        return exchange.getRequestHeaders().getFirst(name);
    }

    /** Returns all values of a header that may come several times, joined by commas; null if there is none. */
    @Nullable String headers(String name) {
        List<String> values = exchange.getRequestHeaders().get(name);
        return values == null ? null : String.join(",", values);
    }

    @Nullable String query(String name) {
        return query.get(name);
    }

    int query(String name, int otherwise, int max) {
        String text = query.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= 1 && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new BadRequestException(name + " must be a number", e);
        }
        throw new BadRequestException(name + " must be from 1 to " + max + ", was " + text);
    }

    double number(String field) throws IOException {
        if (body().get(field) instanceof Number number) {
            return number.doubleValue();
        }
        throw new BadRequestException("the field " + field + " must be a number");
    }

    String text(String field, int longest) throws IOException {
        if (body().get(field) instanceof String text
                && !text.isBlank()
                && text.length() <= longest
                && text.chars().noneMatch(Character::isISOControl)) {
            return text.strip();
        }
        throw new BadRequestException(
                "the field " + field + " must be a text of 1 to " + longest + " characters without control characters");
    }

    @Nullable String optionalText(String field, int longest) throws IOException {
        return body().get(field) == null ? null : text(field, longest);
    }

    private Map<String, @Nullable Object> body() throws IOException {
        Map<String, @Nullable Object> parsed = body;
        if (parsed == null) {
            byte[] bytes = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
            if (bytes.length > LARGEST_BODY) {
                throw new BadRequestException("the body is larger than " + LARGEST_BODY + " bytes");
            }
            parsed = Json.object(bytes);
            body = parsed;
        }
        return parsed;
    }

    private static Map<String, String> parse(@Nullable String rawQuery) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : rawQuery == null ? new String[0] : rawQuery.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException("the query string is not encoded correctly", e);
        }
    }
}
