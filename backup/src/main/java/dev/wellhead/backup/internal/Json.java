package dev.wellhead.backup.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The JSON that our own files are made of, and nothing more: objects, arrays, strings, whole numbers, true and false. No
 * null and no fractions, since none of our fields has them. Objects are {@link Map}s that keep the order of their keys,
 * arrays {@link List}s, numbers {@link Long}s.
 *
 * <p>Writing is canonical: the same value gives the same text, and a text that was written here is equal to what writing
 * its value gives again. So a changed byte cannot hide in white space. All methods are pure.
 */
public final class Json {
    /** How deep arrays and objects may be nested; deeper text is refused, or it could exhaust the stack. */
    public static final int MAX_DEPTH = 32;

    private Json() {}

    /**
     * Writes a value, indented for people.
     *
     * @throws IllegalArgumentException if it holds something that is not part of our JSON, or is nested too deeply
     */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value, 0);
        return out.append('\n').toString();
    }

    /**
     * Reads one value.
     *
     * @throws DamagedException if the text is not valid JSON, or not of our kind; names the position
     */
    public static Object read(String text) throws DamagedException {
        return new JsonReader(text).document();
    }

    /**
     * Reads one value from UTF-8.
     *
     * @throws DamagedException if the bytes are not valid UTF-8 or JSON, or not of our kind
     */
    public static Object read(byte[] utf8) throws DamagedException {
        try {
            return read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new DamagedException("not valid UTF-8", e);
        }
    }

    private static void write(StringBuilder out, Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("nested deeper than " + MAX_DEPTH);
        }
        if (value instanceof String text) {
            writeText(out, text);
        } else if (value instanceof Long || value instanceof Integer || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof List<?> list) {
            writeList(out, list, depth);
        } else if (value instanceof Map<?, ?> map) {
            writeMap(out, map, depth);
        } else {
            throw new IllegalArgumentException("no JSON of ours: " + value.getClass());
        }
    }

    private static void writeList(StringBuilder out, List<?> list, int depth) {
        out.append('[');
        String separator = "";
        for (Object element : list) {
            out.append(separator);
            newLine(out, depth + 1);
            write(out, element, depth + 1);
            separator = ",";
        }
        if (!list.isEmpty()) {
            newLine(out, depth);
        }
        out.append(']');
    }

    private static void writeMap(StringBuilder out, Map<?, ?> map, int depth) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            newLine(out, depth + 1);
            writeText(out, (String) entry.getKey());
            out.append(": ");
            write(out, entry.getValue(), depth + 1);
            separator = ",";
        }
        if (!map.isEmpty()) {
            newLine(out, depth);
        }
        out.append('}');
    }

    private static void newLine(StringBuilder out, int depth) {
        out.append('\n').append("  ".repeat(depth));
    }

    private static void writeText(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || isLoneSurrogate(text, i)) {
                        writeEscaped(out, c);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    // UTF-8 has no form for half a pair: encoding would put a question mark in its place.
    private static boolean isLoneSurrogate(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    private static void writeEscaped(StringBuilder out, char c) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(Character.forDigit((c >> shift) & 0xf, 16));
        }
    }
}
