package dev.wellhead.console;

import dev.wellhead.core.Redaction;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON (RFC 8259) that is safe wherever a browser might take it for something else: no control character, separator of
 * lines or mark of direction survives in a text, they come out as readable escapes; and no character that begins a tag. All
 * methods are pure.
 */
final class Json {
    private Json() {}

    /** Returns an object of these names and values, which take turns, in their order. */
    static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    /** Returns maps, collections, arrays of numbers, numbers and truth values as such, everything else as text. */
    static String write(@Nullable Object value) {
        StringBuilder json = new StringBuilder(4096);
        write(value, json);
        return json.toString();
    }

    private static void write(@Nullable Object value, StringBuilder json) {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            json.append(value);
        } else if (value instanceof Double number) {
            number(number, json);
        } else if (value instanceof double[] numbers) {
            numbers(numbers, json);
        } else if (value instanceof Map<?, ?> object) {
            object(object, json);
        } else if (value instanceof Collection<?> array) {
            array(array, json);
        } else {
            text(value.toString(), json);
        }
    }

    private static void object(Map<?, ?> object, StringBuilder json) {
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
    }

    private static void array(Collection<?> array, StringBuilder json) {
        json.append('[');
        String comma = "";
        for (Object element : array) {
            json.append(comma);
            write(element, json);
            comma = ",";
        }
        json.append(']');
    }

    private static void numbers(double[] numbers, StringBuilder json) {
        json.append('[');
        for (int i = 0; i < numbers.length; i++) {
            if (i > 0) {
                json.append(',');
            }
            number(numbers[i], json);
        }
        json.append(']');
    }

    /** JSON has no NaN: what is not known is null. Three digits behind the point are more than a plot can show. */
    private static void number(double number, StringBuilder json) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            json.append("null");
        } else if (number == Math.rint(number) && Math.abs(number) < 1e15) {
            json.append((long) number);
        } else if (Math.abs(number) < 1e12) {
            json.append(Math.rint(number * 1000) / 1000);
        } else {
            json.append(number);
        }
    }

    private static void text(String text, StringBuilder json) {
        json.append('"');
        String clean = Redaction.printable(text);
        for (int i = 0; i < clean.length(); i++) {
            char c = clean.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '<', '>', '&' -> json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                default -> json.append(c);
            }
        }
        json.append('"');
    }
}
