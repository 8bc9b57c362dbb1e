package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.StrictJson;
import java.util.List;
import java.util.Map;

/** Reads and checks what is printed with {@code --json}. */
final class Results {
    private static final JsonSchema SCHEMA = JsonSchema.documented();

    private Results() {}

    /** Returns the object that was printed, once it fits the documented schema. */
    static Map<String, Object> json(Wellhead.Outcome outcome) {
        assertThat(outcome.out().lines()).as(outcome.err()).hasSize(1);
        Map<String, Object> object = StrictJson.readObject(outcome.out().strip());
        assertThat(SCHEMA.problems(object)).as(outcome.out()).isEmpty();
        return object;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Map<String, Object> json, String... path) {
        Map<String, Object> inner = json;
        for (String name : path) {
            inner = (Map<String, Object>) inner.get(name);
        }
        return inner;
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> list(Map<String, Object> json, String name) {
        return (List<Map<String, Object>>) json.get(name);
    }
}
