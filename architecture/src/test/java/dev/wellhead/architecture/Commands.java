package dev.wellhead.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands that the documentation shows, and what {@code .ci/commands} says becomes of them. */
final class Commands {
    private static final Path CHECKOUT = Path.of(System.getProperty("wellhead.checkout"));

    // What stands between backticks is a command if it begins with a script of ours, or a program and has
    // more behind it.
    private static final Pattern LINE = Pattern.compile("`("
            + "(?:\\./(?:demo|lab|bench|game-day)|\\.ci/(?:run|supply|docs|readme)|config/containers/[a-z-]+)(?: [^`]*)?"
            + "|(?:mvn|docker|psql|pg_dump|pg_restore|createdb|redis-cli|sqlite3|curl|java) [^`]*)`");
    private static final Pattern PART = Pattern.compile("== (\\w+): \\S.*");
    private static final Pattern COMMENT = Pattern.compile("\\s{2,}# .*$");

    private Commands() {}

    /** A command, and where it stands. */
    record Shown(String page, int line, String command) {}

    /** Returns all commands of the documentation. */
    static List<Shown> shown() throws IOException {
        List<Shown> shown = new ArrayList<>();
        for (Path page : pages()) {
            addAll(CHECKOUT.relativize(page).toString(), Files.readAllLines(page), shown);
        }
        return shown;
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(CHECKOUT.resolve("README.md"), CHECKOUT.resolve("CONTRIBUTING.md")));
        for (String folder : List.of("docs", "examples")) {
            try (Stream<Path> files = Files.walk(CHECKOUT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md"))
                        .filter(file -> folder.equals("docs") || file.endsWith("README.md"))
                        .filter(file -> !file.toString().contains("/target/"))
                        .sorted()
                        .forEach(pages::add);
            }
        }
        return pages;
    }

    private static void addAll(String page, List<String> lines, List<Shown> shown) {
        // What was run once is told there, beside what came of it.
        boolean record = page.matches("docs/(evidence|benchmarks|errors)/.*");
        String block = null;
        String begun = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.startsWith("```")) {
                block = block == null ? line.substring(3) : null;
            } else if (block == null && !record) {
                Matcher commands = LINE.matcher(line);
                while (commands.find()) {
                    shown.add(new Shown(page, i + 1, commands.group(1)));
                }
            } else if (block != null && block.matches("sh( .*)?")) {
                begun = (begun + " " + COMMENT.matcher(line).replaceFirst("")).strip();
                if (begun.endsWith("\\")) {
                    begun = begun.substring(0, begun.length() - 1).strip();
                } else {
                    if (!begun.isEmpty() && !begun.startsWith("#")) {
                        shown.add(new Shown(page, i + 1, begun));
                    }
                    begun = "";
                }
            }
        }
    }

    /** Returns the lines of each part of {@code .ci/commands}, by its name. */
    static Map<String, List<String>> parts() throws IOException {
        Map<String, List<String>> parts = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : Files.readAllLines(CHECKOUT.resolve(".ci/commands"))) {
            Matcher part = PART.matcher(line);
            if (part.matches()) {
                current = new ArrayList<>();
                parts.put(part.group(1), current);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                current.add(line);
            }
        }
        return parts;
    }
}
