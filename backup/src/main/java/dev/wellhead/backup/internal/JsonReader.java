package dev.wellhead.backup.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one JSON text from front to back. Strict: what is not plainly right is refused with its position. */
final class JsonReader {
    private final String text;
    private int at;

    JsonReader(String text) {
        this.text = text;
    }

    Object document() throws DamagedException {
        Object value = value(0);
        skipSpace();
        if (at < text.length()) {
            throw damaged("nothing may follow the value");
        }
        return value;
    }

    private Object value(int depth) throws DamagedException {
        if (depth > Json.MAX_DEPTH) {
            throw damaged("nested deeper than " + Json.MAX_DEPTH);
        }
        skipSpace();
        char c = peek();
        return switch (c) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            default -> number();
        };
    }

    private Map<String, Object> object(int depth) throws DamagedException {
        Map<String, Object> fields = new LinkedHashMap<>();
        expect('{');
        if (tryTake('}')) {
            return fields;
        }
        do {
            skipSpace();
            String key = string();
            expect(':');
            if (fields.putIfAbsent(key, value(depth + 1)) != null) {
                throw damaged("a key appears twice");
            }
        } while (tryTake(','));
        expect('}');
        return fields;
    }

    private List<Object> array(int depth) throws DamagedException {
        List<Object> elements = new ArrayList<>();
        expect('[');
        if (tryTake(']')) {
            return elements;
        }
        do {
            elements.add(value(depth + 1));
        } while (tryTake(','));
        expect(']');
        return elements;
    }

    private String string() throws DamagedException {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (true) {
            char c = next();
            if (c == '"') {
                return out.toString();
            }
            if (c < ' ') {
                throw damaged("a control character in a string");
            }
            out.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() throws DamagedException {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> hexadecimal();
            default -> throw damaged("an unknown escape");
        };
    }

    private char hexadecimal() throws DamagedException {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            char c = next();
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw damaged("four hexadecimal digits must follow");
            }
            code = code * 16 + digit;
        }
        return (char) code;
    }

    private Long number() throws DamagedException {
        int start = at;
        if (at < text.length() && text.charAt(at) == '-') {
            at++;
        }
        int digits = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        boolean leadingZero = at - digits > 1 && text.charAt(digits) == '0';
        if (at == digits || leadingZero) {
            throw damaged("a value must stand here");
        }
        try {
            return Long.valueOf(text.substring(start, at));
        } catch (NumberFormatException e) {
            throw new DamagedException("JSON at " + start + ": a number beyond 64 bits", e);
        }
    }

    private Boolean literal(String word, boolean value) throws DamagedException {
        if (!text.startsWith(word, at)) {
            throw damaged("a value must stand here");
        }
        at += word.length();
        return value;
    }

    private void expect(char wanted) throws DamagedException {
        if (!tryTake(wanted)) {
            throw damaged("'" + wanted + "' must stand here");
        }
    }

    private boolean tryTake(char wanted) {
        skipSpace();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() throws DamagedException {
        if (at >= text.length()) {
            throw damaged("it ends too early");
        }
        return text.charAt(at);
    }

    private char next() throws DamagedException {
        char c = peek();
        at++;
        return c;
    }

    private DamagedException damaged(String why) {
        return new DamagedException("JSON at " + at + ": " + why);
    }
}
