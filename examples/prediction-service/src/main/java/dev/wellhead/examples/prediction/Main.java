package dev.wellhead.examples.prediction;

/** Runs the service until it is told to stop, with the settings of its environment. */
public final class Main {
    private Main() {}

    /** Ends with exit code 1 and one line on standard error if a setting is wrong. */
    public static void main(String[] arguments) {
        Settings settings;
        PredictionService service;
        try {
            settings = Settings.from(System.getenv());
            service = PredictionService.start(settings);
        } catch (SettingsException e) {
            System.err.println("prediction-service: " + e.getMessage());
            System.exit(1);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(service::close, "prediction-shutdown"));
        System.out.println("prediction-service listens on http://" + settings.host() + ":" + service.port());
    }
}
