package dev.wellhead.cli;

import dev.wellhead.testkit.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks values against the schema in the documentation: the part of JSON Schema 2020-12 that it uses, any other keyword being
 * an error rather than passed over.
 */
final class JsonSchema {
    private static final Set<String> WORDS = Set.of("$schema", "title", "description", "$defs");

    private final Map<String, Object> root;

    private JsonSchema(Map<String, Object> root) {
        this.root = root;
    }

    static JsonSchema documented() {
        Path file = Path.of(System.getProperty("wellhead.checkout"), "docs/cli.schema.json");
        try {
            return new JsonSchema(StrictJson.readObject(Files.readString(file)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static JsonSchema of(String schema) {
        return new JsonSchema(StrictJson.readObject(schema));
    }

    /** Returns what is wrong; empty if nothing is. */
    List<String> problems(Object value) {
        List<String> problems = new ArrayList<>();
        check(root, value, "$", problems);
        return problems;
    }

    @SuppressWarnings("unchecked")
    private void check(Map<String, Object> schema, Object value, String where, List<String> problems) {
        for (Map.Entry<String, Object> rule : schema.entrySet()) {
            Object argument = rule.getValue();
            switch (rule.getKey()) {
                case "type" -> require(isOfType(argument, value), where + " is no " + argument, problems);
                case "const" -> require(argument.equals(value), where + " is not " + argument, problems);
                case "enum" ->
                    require(((List<Object>) argument).contains(value), where + " is none of " + argument, problems);
                case "$ref" -> check(resolve((String) argument), value, where, problems);
                case "oneOf" -> oneOf((List<Object>) argument, value, where, problems);
                case "items" -> {
                    if (value instanceof List<?> list) {
                        for (int i = 0; i < list.size(); i++) {
                            check((Map<String, Object>) argument, list.get(i), where + "[" + i + "]", problems);
                        }
                    }
                }
                case "properties" -> {
                    if (value instanceof Map<?, ?> object) {
                        ((Map<String, Object>) argument).forEach((name, inner) -> {
                            if (object.containsKey(name)) {
                                check((Map<String, Object>) inner, object.get(name), where + "." + name, problems);
                            }
                        });
                    }
                }
                case "required" -> {
                    if (value instanceof Map<?, ?> object) {
                        ((List<Object>) argument)
                                .forEach(
                                        name -> require(object.containsKey(name), where + " has no " + name, problems));
                    }
                }
                case "additionalProperties" -> {
                    if (value instanceof Map<?, ?> object) {
                        Map<?, ?> known = (Map<?, ?>) schema.get("properties");
                        object.keySet()
                                .forEach(name -> require(known.containsKey(name), where + " has " + name, problems));
                    }
                }
                default -> require(WORDS.contains(rule.getKey()), "unknown keyword " + rule.getKey(), problems);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private void oneOf(List<Object> schemas, Object value, String where, List<String> problems) {
        List<List<String>> failures = new ArrayList<>();
        for (Object schema : schemas) {
            List<String> inner = new ArrayList<>();
            check((Map<String, Object>) schema, value, where, inner);
            if (!inner.isEmpty()) {
                failures.add(inner);
            }
        }
        int fitting = schemas.size() - failures.size();
        require(fitting == 1, where + " fits " + fitting + " of " + schemas.size() + ": " + failures, problems);
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> resolve(String reference) {
        String name = reference.replace("#/$defs/", "");
        return (Map<String, Object>) ((Map<String, Object>) root.get("$defs")).get(name);
    }

    private static boolean isOfType(Object type, Object value) {
        if (type instanceof List<?> several) {
            return several.stream().anyMatch(each -> isOfType(each, value));
        }
        return switch ((String) type) {
            case "object" -> value instanceof Map;
            case "array" -> value instanceof List;
            case "string" -> value instanceof String;
            case "integer" -> value instanceof Long;
            case "boolean" -> value instanceof Boolean;
            case "null" -> value == null;
            default -> throw new AssertionError("unknown type " + type);
        };
    }

    private static void require(boolean holds, String problem, List<String> problems) {
        if (!holds) {
            problems.add(problem);
        }
    }
}
