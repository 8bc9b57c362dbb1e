package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.ExerciseException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A second JVM with the class path of this one, that answers each line with a line. It ends when its input does, so
 * with this JVM at the latest. For one thread.
 */
final class OtherProcess implements AutoCloseable {
    /** What an answer begins with: all else that the process prints is not for us. */
    static final String ANSWER = "= ";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String END = "(ended)";

    private final Process process;
    private final Writer questions;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private OtherProcess(Process process) {
        this.process = process;
        questions = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "other-process-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts the main method of a class. What is secret goes into the environment: everybody sees arguments. */
    static OtherProcess start(Map<String, String> environment, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx128m",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        return new OtherProcess(builder.start());
    }

    /**
     * Asks and waits for the answer.
     *
     * @throws ExerciseException if none comes
     */
    String ask(String question) throws ExerciseException, InterruptedException {
        try {
            questions.write(question + "\n");
            questions.flush();
        } catch (IOException e) {
            throw new ExerciseException("the second process has ended", e);
        }
        String answer = answers.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        if (answer == null) {
            throw new ExerciseException(
                    "the second process had not answered after " + PATIENCE.toSeconds() + " s: what does it wait for?");
        }
        if (answer.equals(END)) {
            throw new ExerciseException("the second process has ended");
        }
        return answer;
    }

    private void read() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = output.readLine()) != null) {
                if (line.startsWith(ANSWER)) {
                    answers.add(line.substring(ANSWER.length()));
                }
            }
        } catch (IOException e) {
            // It is over, however it ended.
            answers.add(END);
            return;
        }
        answers.add(END);
    }

    @Override
    public void close() {
        try {
            questions.close();
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
