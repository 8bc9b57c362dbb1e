package dev.wellhead.examples.prediction;

/** Runs the service until it is told to stop, with the settings of its environment. */
public final class Main {
    private Main() {}

    /** Ends with exit code 1 and one line on standard error if a setting is wrong. */
    public static void main(String[] arguments) {
        PredictionService service;
        try {
            service = PredictionService.start(Settings.from(System.getenv()));
        } catch (SettingsException e) {
            System.err.println("prediction-service: " + e.getMessage());
            System.exit(1);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(service::close, "prediction-shutdown"));
        System.out.println("prediction-service listens on http://127.0.0.1:" + service.port());
    }
}
