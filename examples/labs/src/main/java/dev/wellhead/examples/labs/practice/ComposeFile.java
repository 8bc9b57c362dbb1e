package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.ExerciseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A compose file, read as Compose reads it where no variable of the environment is set; only what {@link ComposeRules}
 * asks for. Immutable.
 */
final class ComposeFile {
    private static final Pattern VARIABLE =
            Pattern.compile("\\$\\$|\\$\\{(\\w+)(?:(:?[-?+])([^}]*))?\\}|\\$([A-Za-z_]\\w*)");
    private static final Pattern MAJOR = Pattern.compile("(\\d{1,6}).*");
    private static final String SECRETS = "/run/secrets/";

    private final List<Service> services;
    private final Set<String> volumes;
    private final Set<String> secretFiles;

    private ComposeFile(List<Service> services, Set<String> volumes, Set<String> secretFiles) {
        this.services = services;
        this.volumes = volumes;
        this.secretFiles = secretFiles;
    }

    /** @throws ExerciseException if it is no YAML, or has no services */
    static ComposeFile parse(String text) throws ExerciseException {
        Object document;
        try {
            document = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        } catch (YAMLException e) {
            throw new ExerciseException("this is no YAML: " + e.getMessage(), e);
        }
        Map<String, Object> file = map(document);
        List<Service> services = new ArrayList<>();
        map(file.get("services")).forEach((name, definition) -> services.add(new Service(name, map(definition))));
        if (services.isEmpty()) {
            throw new ExerciseException("there are no services in it");
        }
        Set<String> secretFiles = map(file.get("secrets")).entrySet().stream()
                .filter(secret -> map(secret.getValue()).containsKey("file")
                        || map(secret.getValue()).containsKey("external"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        return new ComposeFile(services, map(file.get("volumes")).keySet(), secretFiles);
    }

    List<Service> services() {
        return services;
    }

    /** Returns the named volumes. */
    Set<String> volumes() {
        return volumes;
    }

    /** Returns the secrets that come from files, or from where the platform keeps them. */
    Set<String> secretFiles() {
        return secretFiles;
    }

    /**
     * Something that is mounted.
     *
     * @param source a volume's name, or a path of the host; empty for a volume without a name
     * @param target where in the container
     */
    record Mount(String source, String target) {}

    /**
     * A port that the host listens on.
     *
     * @param text as it stands
     * @param address of the host; empty for all
     */
    record Port(String text, String address) {}

    /** One service. */
    record Service(String name, Map<String, Object> definition) {
        /** Returns the image with its tag; empty if there is none. */
        String image() {
            return text(definition.get("image"));
        }

        boolean isBuilt() {
            return definition.containsKey("build");
        }

        /** Returns whether it runs the image of this name, of whatever registry. */
        boolean runs(String program) {
            String last = image().substring(image().lastIndexOf('/') + 1);
            return last.split("[:@]", 2)[0].equals(program);
        }

        /** Returns the tag, or the digest; empty if there is neither. */
        String tag() {
            String image = image();
            int digest = image.indexOf('@');
            if (digest >= 0) {
                return image.substring(digest + 1);
            }
            int colon = image.indexOf(':', image.lastIndexOf('/') + 1);
            return colon < 0 ? "" : image.substring(colon + 1);
        }

        /** Returns the number that the tag begins with; the greatest there is if it does not say. */
        int majorVersion() {
            Matcher major = MAJOR.matcher(tag());
            return major.matches() ? Integer.parseInt(Objects.requireNonNull(major.group(1))) : Integer.MAX_VALUE;
        }

        /** Returns what is set in the environment; empty values for what is taken from the host's. */
        Map<String, String> environment() {
            return pairs(definition.get("environment"));
        }

        List<Mount> mounts() {
            List<Mount> mounts = new ArrayList<>();
            for (Object entry : list(definition.get("volumes"))) {
                if (entry instanceof Map<?, ?>) {
                    Map<String, Object> mount = map(entry);
                    mounts.add(new Mount(text(mount.get("source")), text(mount.get("target"))));
                } else {
                    String[] parts = text(entry).split(":", 3);
                    mounts.add(parts.length == 1 ? new Mount("", parts[0]) : new Mount(parts[0], parts[1]));
                }
            }
            return mounts;
        }

        List<Port> ports() {
            List<Port> ports = new ArrayList<>();
            for (Object entry : list(definition.get("ports"))) {
                String text = text(entry);
                if (entry instanceof Map<?, ?>) {
                    ports.add(new Port(text, text(map(entry).get("host_ip"))));
                } else {
                    // [address:]published:container, where an IPv6 address has brackets and colons of its own.
                    String[] parts = text.split(":(?![^\\[]*\\])", -1);
                    ports.add(new Port(text, parts.length < 3 ? "" : parts[0]));
                }
            }
            return ports;
        }

        boolean sharesHostNetwork() {
            return text(definition.get("network_mode")).equals("host");
        }

        /** Returns whether something is run to see that it is well. */
        boolean hasHealthcheck() {
            Map<String, Object> check = map(definition.get("healthcheck"));
            String test = joined(check.get("test"));
            return !test.isBlank()
                    && !test.strip().equals("NONE")
                    && !text(check.get("disable")).equals("true");
        }

        /** Returns the services that have to be healthy before it starts. */
        Set<String> startsBehind() {
            return definition.get("depends_on") instanceof Map<?, ?> conditions
                    ? map(conditions).entrySet().stream()
                            .filter(entry ->
                                    text(map(entry.getValue()).get("condition")).equals("service_healthy"))
                            .map(Map.Entry::getKey)
                            .collect(Collectors.toSet())
                    : Set.of();
        }

        /** Returns the files of the secrets that it is given, by the secret's name. */
        Map<String, String> secrets() {
            Map<String, String> files = new LinkedHashMap<>();
            for (Object entry : list(definition.get("secrets"))) {
                Map<String, Object> secret = map(entry);
                String source = secret.isEmpty() ? text(entry) : text(secret.get("source"));
                String target = text(secret.getOrDefault("target", source));
                files.put(source, target.startsWith("/") ? target : SECRETS + target);
            }
            return files;
        }

        /** Returns what it runs, healthcheck included, in one text. */
        String commands() {
            return joined(definition.get("entrypoint")) + " " + joined(definition.get("command")) + " "
                    + joined(map(definition.get("healthcheck")).get("test"));
        }
    }

    private static Map<String, String> pairs(@Nullable Object value) {
        Map<String, String> pairs = new LinkedHashMap<>();
        if (value instanceof List<?>) {
            for (Object entry : list(value)) {
                String[] pair = text(entry).split("=", 2);
                pairs.put(pair[0], pair.length == 2 ? pair[1] : "");
            }
        } else {
            map(value).forEach((name, each) -> pairs.put(name, text(each)));
        }
        return pairs;
    }

    /** Returns a mapping by its names; an empty one for anything else. */
    private static Map<String, Object> map(@Nullable Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> entries) {
            entries.forEach((name, each) -> map.put(String.valueOf(name), each == null ? "" : each));
        }
        return map;
    }

    private static List<Object> list(@Nullable Object value) {
        List<Object> list = new ArrayList<>();
        if (value instanceof List<?> entries) {
            entries.forEach(each -> list.add(each == null ? "" : each));
        }
        return list;
    }

    private static String joined(@Nullable Object value) {
        return value instanceof List<?>
                ? list(value).stream().map(ComposeFile::text).collect(Collectors.joining(" "))
                : text(value);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : resolved(String.valueOf(value));
    }

    /** Puts in what stands for variables that are not set. */
    private static String resolved(String text) {
        return VARIABLE.matcher(text).replaceAll(found -> {
            String operator = Objects.requireNonNullElse(found.group(2), "");
            String replacement = "";
            if (found.group().equals("$$")) {
                replacement = "$";
            } else if (operator.endsWith("-")) {
                replacement = Objects.requireNonNullElse(found.group(3), "");
            } else if (operator.endsWith("?")) {
                // Compose refuses to start without it.
                replacement = "given";
            }
            return Matcher.quoteReplacement(replacement);
        });
    }
}
