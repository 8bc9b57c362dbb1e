package dev.wellhead.backup.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object with typed reading. Fields that nobody asks for are left alone, so that a later version may add some.
 *
 * @param fields the object's fields
 */
public record JsonObject(Map<String, Object> fields) {
    /**
     * Takes a value for an object.
     *
     * @throws DamagedException if it is none
     */
    public static JsonObject of(@Nullable Object value) throws DamagedException {
        if (!(value instanceof Map<?, ?> map)) {
            throw new DamagedException("an object is missing");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        map.forEach((key, field) -> fields.put((String) key, field));
        return new JsonObject(fields);
    }

    /** Returns a text field. */
    public String text(String name) throws DamagedException {
        return typed(name, String.class);
    }

    /** Returns a number field that must not be negative. */
    public long count(String name) throws DamagedException {
        long value = number(name);
        if (value < 0) {
            throw new DamagedException("field '" + name + "' must not be negative");
        }
        return value;
    }

    /** Returns a number field. */
    public long number(String name) throws DamagedException {
        return typed(name, Long.class);
    }

    /** Returns a field that is true or false. */
    public boolean flag(String name) throws DamagedException {
        return typed(name, Boolean.class);
    }

    /** Returns a field that is an object. */
    public JsonObject object(String name) throws DamagedException {
        return of(fields.get(name));
    }

    /** Returns a field that is an array of objects. */
    public List<JsonObject> objects(String name) throws DamagedException {
        List<JsonObject> objects = new ArrayList<>();
        for (Object element : typed(name, List.class)) {
            objects.add(of(element));
        }
        return objects;
    }

    /** Returns a field that is an array of texts. */
    public List<String> texts(String name) throws DamagedException {
        return texts(name, typed(name, List.class));
    }

    /**
     * Takes a value for an array of texts.
     *
     * @param name how to call it in a message
     */
    public static List<String> texts(String name, Object value) throws DamagedException {
        if (!(value instanceof List<?> list)) {
            throw new DamagedException("'" + name + "' must be an array");
        }
        List<String> texts = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof String text)) {
                throw new DamagedException("'" + name + "' must hold texts only");
            }
            texts.add(text);
        }
        return texts;
    }

    private <T> T typed(String name, Class<T> type) throws DamagedException {
        Object value = fields.get(name);
        if (!type.isInstance(value)) {
            throw new DamagedException("field '" + name + "' is missing or of the wrong kind");
        }
        return type.cast(value);
    }
}
