package dev.wellhead.examples.gameday;

import dev.wellhead.examples.prediction.Main;
import dev.wellhead.examples.prediction.PredictionService;
import dev.wellhead.examples.prediction.SettingsException;
import java.io.IOException;
import org.slf4j.LoggerFactory;

/**
 * The service as {@link Main} runs it, beside a way to harm it that exists only where {@code GAME_DAY} is 1, and not at all in
 * the service itself.
 */
final class ReplicaMain {
    /** Begins the line of the log that tells where. */
    static final String FAULTS = "faults are taken on ";

    private ReplicaMain() {}

    public static void main(String[] arguments) throws IOException {
        Thread watch = new Thread(ReplicaMain::endWithParent, "game-day-parent");
        watch.setDaemon(true);
        watch.start();
        PredictionService service;
        try {
            service = Main.start(System.getenv());
        } catch (SettingsException e) {
            System.err.println("replica: " + e.getMessage());
            System.exit(1);
            return;
        }
        if ("1".equals(System.getenv("GAME_DAY"))) {
            int port = new Faults(service.connections()).start();
            // Not in a field: what makes a logger decides who writes the log.
            LoggerFactory.getLogger(ReplicaMain.class).info(FAULTS + "http://127.0.0.1:{}", port);
        }
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever sent: only the end counts.
            }
        } catch (IOException e) {
            // As good as the end.
        }
        Runtime.getRuntime().halt(1);
    }
}
