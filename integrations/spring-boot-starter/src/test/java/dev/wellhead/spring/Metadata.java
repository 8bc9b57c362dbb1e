package dev.wellhead.spring;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the compiler wrote of our properties, for people's editors. */
final class Metadata {
    /**
     * One property.
     *
     * @param type the name of its class
     * @param description empty if there is none
     * @param defaultValue empty if there is none
     */
    record Property(String name, String type, String description, String defaultValue) {}

    private Metadata() {}

    /** Returns our properties by name. */
    static List<Property> load() {
        List<Property> properties = new ArrayList<>();
        try (InputStream in = WellheadPoolAutoConfiguration.class.getResourceAsStream(
                "/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : new JsonMapper().readTree(in).get("properties")) {
                properties.add(new Property(
                        property.get("name").asString(),
                        text(property.get("type")),
                        text(property.get("description")),
                        text(property.get("defaultValue"))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        properties.removeIf(property -> !property.name().startsWith("wellhead."));
        properties.sort(Comparator.comparing(Property::name));
        return properties;
    }

    private static String text(JsonNode node) {
        if (node == null) {
            return "";
        }
        if (node.isArray()) {
            List<String> all = new ArrayList<>();
            node.forEach(element -> all.add(element.asString()));
            return String.join(",", all);
        }
        return node.asString();
    }
}
