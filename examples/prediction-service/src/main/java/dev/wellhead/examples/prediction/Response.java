package dev.wellhead.examples.prediction;

import java.util.Map;
import java.util.TreeMap;

/** What a client gets. */
record Response(int status, String type, String body, Map<String, String> headers) {
    static Response json(int status, Object value) {
        return new Response(status, "application/json", Json.text(value), Map.of());
    }

    static Response text(int status, String text) {
        return new Response(status, "text/plain; version=0.0.4; charset=utf-8", text, Map.of());
    }

    static Response empty(int status) {
        return new Response(status, "", "", Map.of());
    }

    static Response error(int status, String message) {
        return json(status, Map.of("error", message));
    }

    Response with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(headers);
        all.putAll(more);
        return new Response(status, type, body, all);
    }
}
