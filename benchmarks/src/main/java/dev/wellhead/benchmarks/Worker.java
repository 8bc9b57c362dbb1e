package dev.wellhead.benchmarks;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A main class that measures in a fresh JVM, and says what it found in lines {@code key=value} on standard output.
 *
 * @param main the class
 * @param jvmFlags flags of the JVM, besides those that its JDK needs
 * @param arguments of the main method
 * @param timeout when it is killed
 * @param classPath of the JVM
 */
record Worker(Class<?> main, List<String> jvmFlags, List<String> arguments, Duration timeout, String classPath) {
    /** What a contender logs, of an outage for instance, is its own affair; how fast it is printed is the host's. */
    static final List<String> QUIET = List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=off");

    private static final Pattern RESULT = Pattern.compile("([\\w./-]+)=(.*)");
    private static final int LINES_OF_A_FAILURE = 40;

    /** A worker with the class path of this JVM. */
    Worker(Class<?> main, List<String> jvmFlags, List<String> arguments, Duration timeout) {
        this(main, jvmFlags, arguments, timeout, System.getProperty("java.class.path"));
    }

    /** Returns one that has of the class path only what is wanted. */
    Worker withClassPath(Predicate<String> wanted) {
        return new Worker(
                main,
                jvmFlags,
                arguments,
                timeout,
                Stream.of(classPath.split(File.pathSeparator)).filter(wanted).collect(joining(File.pathSeparator)));
    }

    /**
     * Runs it and returns what it said. Blocks until it has ended, at most the timeout.
     *
     * @throws BenchmarkException if it did not end in time or with an exit code other than 0; with the end of what it
     *     printed on standard error
     */
    Map<String, String> run(Jdk jdk) throws BenchmarkException, InterruptedException {
        try {
            // Files, not pipes: nothing has to be read while it runs.
            Path output = Files.createTempFile("worker-", ".out");
            Path errors = Files.createTempFile("worker-", ".err");
            try {
                run(jdk, output, errors);
                return results(output);
            } finally {
                Files.delete(output);
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new BenchmarkException(described(jdk) + " cannot be run: " + e.getMessage(), e);
        }
    }

    /**
     * Runs it and returns these of the numbers that it said, in this order.
     *
     * @throws BenchmarkException also if it did not say one of them
     */
    Map<String, Double> metrics(Jdk jdk, List<String> names) throws BenchmarkException, InterruptedException {
        return numbers(jdk, run(jdk), "", names);
    }

    /** Returns numbers out of what it said, by what stands behind the prefix. */
    Map<String, Double> numbers(Jdk jdk, Map<String, String> said, String prefix, List<String> names)
            throws BenchmarkException {
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (String name : names) {
            String value = said.get(prefix + name);
            if (value == null) {
                throw new BenchmarkException(described(jdk) + " printed no " + prefix + name);
            }
            numbers.put(name, Double.valueOf(value));
        }
        return numbers;
    }

    private void run(Jdk jdk, Path output, Path errors) throws BenchmarkException, InterruptedException, IOException {
        Process process = new ProcessBuilder(command(jdk))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new BenchmarkException(described(jdk) + " did not end within " + timeout.toMillis() + " ms; "
                        + "standard error:\n" + end(errors));
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        if (process.exitValue() != 0) {
            throw new BenchmarkException(described(jdk) + " ended with exit code " + process.exitValue()
                    + "; standard error:\n" + end(errors));
        }
    }

    private List<String> command(Jdk jdk) {
        List<String> command = new ArrayList<>(List.of(jdk.java().toString()));
        command.addAll(jdk.flags());
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(arguments);
        return command;
    }

    private String described(Jdk jdk) {
        return "worker " + main.getSimpleName() + " " + arguments + " on " + jdk;
    }

    private static Map<String, String> results(Path output) throws IOException {
        Map<String, String> results = new LinkedHashMap<>();
        for (String line : Files.readAllLines(output, StandardCharsets.UTF_8)) {
            Matcher result = RESULT.matcher(line);
            if (result.matches()) {
                results.put(result.group(1), result.group(2));
            }
        }
        return results;
    }

    private static String end(Path errors) throws IOException {
        List<String> lines = Files.readAllLines(errors, StandardCharsets.UTF_8);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_OF_A_FAILURE), lines.size()));
    }
}
