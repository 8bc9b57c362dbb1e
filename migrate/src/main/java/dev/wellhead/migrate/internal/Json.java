package dev.wellhead.migrate.internal;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes results as JSON (RFC 8259): objects, arrays, texts, numbers, truth values and nulls. All methods are pure. */
public final class Json {
    private Json() {}

    /** JSON that was written before, to be put in as it is. */
    public record Raw(String json) {}

    /** Returns an object of these names and values, which take turns, in their order. */
    public static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    /** Returns the value as JSON in one line: maps, collections, numbers and truth values as such, others as text. */
    public static String write(@Nullable Object value) {
        StringBuilder json = new StringBuilder();
        write(value, json);
        return json.toString();
    }

    private static void write(@Nullable Object value, StringBuilder json) {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            json.append(value);
        } else if (value instanceof Raw raw) {
            json.append(raw.json());
        } else if (value instanceof Map<?, ?> object) {
            json.append('{');
            String comma = "";
            for (Map.Entry<?, ?> entry : object.entrySet()) {
                json.append(comma);
                text(String.valueOf(entry.getKey()), json);
                json.append(':');
                write(entry.getValue(), json);
                comma = ",";
            }
            json.append('}');
        } else if (value instanceof Collection<?> array) {
            json.append('[');
            String comma = "";
            for (Object element : array) {
                json.append(comma);
                write(element, json);
                comma = ",";
            }
            json.append(']');
        } else {
            text(value.toString(), json);
        }
    }

    private static void text(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> plainOrEscaped(c, text, i, json);
            }
        }
        json.append('"');
    }

    // Lone surrogates have no UTF-8 form; the separators of lines are ends of lines to JavaScript.
    private static void plainOrEscaped(char c, String text, int at, StringBuilder json) {
        boolean lone = Character.isHighSurrogate(c)
                ? at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1))
                : Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
        if (lone || Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
            json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
        } else {
            json.append(c);
        }
    }
}
