package dev.wellhead.benchmarks;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes maps, collections, strings, numbers and booleans as JSON: indented, but for collections of plain values. */
final class Json {
    private static final String INDENT = "  ";

    private Json() {}

    /** Returns the value as text that ends with a line break. Maps keep their order. */
    static String text(Object value) {
        return written(value, "") + "\n";
    }

    private static String written(Object value, String indent) {
        String deeper = indent + INDENT;
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry ->
                            deeper + quoted(String.valueOf(entry.getKey())) + ": " + written(entry.getValue(), deeper))
                    .collect(Collectors.joining(",\n", "{\n", "\n" + indent + "}"));
        }
        if (value instanceof Collection<?> values) {
            boolean plain = values.stream().noneMatch(one -> one instanceof Map || one instanceof Collection);
            return plain
                    ? values.stream().map(one -> written(one, indent)).collect(Collectors.joining(", ", "[", "]"))
                    : values.stream()
                            .map(one -> deeper + written(one, deeper))
                            .collect(Collectors.joining(",\n", "[\n", "\n" + indent + "]"));
        }
        return value instanceof Number || value instanceof Boolean ? value.toString() : quoted(value.toString());
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(character -> {
            if (character == '"' || character == '\\') {
                quoted.append('\\').append((char) character);
            } else if (character < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", character));
            } else {
                quoted.append((char) character);
            }
        });
        return quoted.append('"').toString();
    }
}
