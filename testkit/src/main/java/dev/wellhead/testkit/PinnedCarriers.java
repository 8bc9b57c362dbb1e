package dev.wellhead.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Counts how often virtual threads blocked without letting go of the thread that carries them. Java 21 and newer. */
public final class PinnedCarriers {
    private PinnedCarriers() {}

    /** What is watched. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }

    /**
     * Runs the action and returns how many times a carrier was pinned meanwhile with such a class on the stack.
     *
     * @param types of a class's name
     */
    public static long during(Action action, Predicate<String> types) throws Exception {
        Path file = Files.createTempFile("pinned-", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned").withoutThreshold();
            recording.start();
            action.run();
            recording.stop();
            recording.dump(file);
            return count(file, types);
        } finally {
            Files.delete(file);
        }
    }

    private static long count(Path file, Predicate<String> types) throws IOException {
        long count = 0;
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                count += isOf(events.readEvent(), types) ? 1 : 0;
            }
        }
        return count;
    }

    private static boolean isOf(RecordedEvent event, Predicate<String> types) {
        return event.getStackTrace() != null
                && event.getStackTrace().getFrames().stream()
                        .map(frame -> frame.getMethod().getType().getName())
                        .anyMatch(types);
    }
}
