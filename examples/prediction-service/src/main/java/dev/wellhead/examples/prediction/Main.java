package dev.wellhead.examples.prediction;

import java.util.Map;
import org.slf4j.LoggerFactory;

/** Runs the service until it is told to stop, with the settings of its environment. */
public final class Main {
    private Main() {}

    /** Ends with exit code 1 if it cannot start; with one line on standard error if a setting is wrong. */
    public static void main(String[] arguments) {
        try {
            start(System.getenv());
        } catch (SettingsException e) {
            System.err.println("prediction-service: " + e.getMessage());
            System.exit(1);
        } catch (RuntimeException e) {
            // Not in a field: what makes a logger decides who writes the log.
            LoggerFactory.getLogger(Main.class).error("prediction-service does not start", e);
            System.exit(1);
        }
    }

    /**
     * Starts the service as a process of its own has it: the log is JSON on standard output, and a signal ends it in order.
     *
     * @throws SettingsException if a setting is wrong, or names something that is not there
     */
    public static PredictionService start(Map<String, String> environment) {
        JsonLogProvider.install();
        PredictionService service = PredictionService.start(Settings.from(environment));
        Runtime.getRuntime().addShutdownHook(new Thread(service::close, "prediction-shutdown"));
        return service;
    }
}
