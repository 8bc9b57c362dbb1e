package dev.wellhead.pool;

import java.io.IOException;
import java.nio.file.Path;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Counts how often a virtual thread kept its carrier while it was blocked in code of the pool. */
final class PinnedCarriers implements AutoCloseable {
    private static final String PACKAGE = ConnectionPool.class.getPackageName() + ".";

    private final Recording recording = new Recording();

    PinnedCarriers() {
        recording.enable("jdk.VirtualThreadPinned").withoutThreshold();
        recording.start();
    }

    /**
     * Ends the recording and returns the count.
     *
     * @param file where to write the recording
     */
    long stop(Path file) throws IOException {
        recording.stop();
        recording.dump(file);
        long count = 0;
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                count += isOfThePool(events.readEvent()) ? 1 : 0;
            }
        }
        return count;
    }

    private static boolean isOfThePool(RecordedEvent event) {
        return event.getStackTrace() != null
                && event.getStackTrace().getFrames().stream()
                        .map(frame -> frame.getMethod().getType().getName())
                        .anyMatch(type ->
                                type.startsWith(PACKAGE) && !type.startsWith(VirtualThreadStressTest.class.getName()));
    }

    @Override
    public void close() {
        recording.close();
    }
}
