package dev.wellhead.cli;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells whether a person sees what this process writes. Java itself only knows about input and output together. */
final class Terminals {
    private static final String TOLD = "wellhead.terminal";
    private static final String COLUMNS = "COLUMNS";
    private static final Pattern SIZE = Pattern.compile("\\d+ ([1-9]\\d{0,3})");

    private Terminals() {}

    /**
     * Returns whether a stream leads to a terminal: as the launcher's property says, else as the operating system shows it,
     * else as the program {@code test} says.
     *
     * @param descriptor 0, 1 or 2
     */
    static boolean is(int descriptor) {
        String told = System.getProperty(TOLD);
        if (told != null) {
            return told.indexOf((char) ('0' + descriptor)) >= 0;
        }
        Path link = Path.of("/proc/self/fd/" + descriptor);
        return Files.isSymbolicLink(link) ? leadsToTerminal(link) : testSays(descriptor);
    }

    /** Asks on the process' console; null if it has none. */
    static char @Nullable [] askPassword(String question) {
        // Newer Java has a console even if nobody is there.
        return is(0) && is(2)
                ? Optional.ofNullable(System.console())
                        .map(console -> console.readPassword("%s", question))
                        .orElse(null)
                : null;
    }

    /**
     * Returns the environment, in which COLUMNS is how wide the terminal is, if there is one: most shells know and do not hand it
     * on.
     */
    static Map<String, String> environment(Map<String, String> given) {
        if (given.containsKey(COLUMNS) || !(is(1) || is(2))) {
            return given;
        }
        Map<String, String> more = new HashMap<>(given);
        width().ifPresent(width -> more.put(COLUMNS, width));
        return more;
    }

    private static Optional<String> width() {
        try {
            Process process = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(Redirect.DISCARD)
                    .start();
            // Rows and columns; 0 where nobody knows.
            Matcher size = SIZE.matcher(
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
            return size.matches() ? Optional.of(size.group(1)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean testSays(int descriptor) {
        try {
            return new ProcessBuilder("test", "-t", String.valueOf(descriptor))
                            .inheritIO()
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean leadsToTerminal(Path link) {
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
