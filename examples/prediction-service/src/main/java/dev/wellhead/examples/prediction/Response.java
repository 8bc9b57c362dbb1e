package dev.wellhead.examples.prediction;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a client gets.
 *
 * @param error what went wrong, in words for the client; null if nothing did
 */
record Response(
        int status,
        String type,
        String body,
        Map<String, String> headers,
        @Nullable String error) {
    private static final String JSON = "application/json";

    static Response json(int status, Object value) {
        return new Response(status, JSON, Json.text(value), Map.of(), null);
    }

    static Response text(int status, String text) {
        return new Response(status, "text/plain; version=0.0.4; charset=utf-8", text, Map.of(), null);
    }

    static Response empty(int status) {
        return new Response(status, "", "", Map.of(), null);
    }

    static Response error(int status, String message) {
        return new Response(status, JSON, "", Map.of(), message);
    }

    Response with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(headers);
        all.putAll(more);
        return new Response(status, type, body, all, error);
    }

    /** Returns the same with the request's id, in the body too if it tells an error. */
    Response to(String requestId) {
        Response named = with(Map.of(RequestId.HEADER, requestId));
        if (error == null) {
            return named;
        }
        Map<String, String> told = new LinkedHashMap<>();
        told.put("error", error);
        told.put("requestId", requestId);
        return new Response(status, type, Json.text(told), named.headers, error);
    }
}
