package dev.wellhead.console;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the query of a request: a few names with numbers and hashes, which need no decoding. All methods are pure. */
final class Query {
    private static final int LONGEST = 256;

    private Query() {}

    /** Returns the values by name; of a query that is none of ours as much as can be read. */
    static Map<String, String> of(@Nullable String rawQuery) {
        Map<String, String> values = new HashMap<>();
        if (rawQuery == null || rawQuery.length() > LONGEST) {
            return values;
        }
        for (String pair : rawQuery.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.putIfAbsent(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return values;
    }

    /** Returns the number of this name; the other one if there is none, or it is none. */
    static long number(Map<String, String> query, String name, long otherwise) {
        String value = query.get(name);
        if (value == null
                || value.isEmpty()
                || value.length() > 18
                || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return otherwise;
        }
        return Long.parseLong(value);
    }
}
