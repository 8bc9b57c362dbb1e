package dev.wellhead.examples.prediction;

import dev.wellhead.core.Health;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * {@code /health/live}: does the process answer at all; restart it if not. {@code /health/ready}: may it be sent requests.
 * {@code /health}: both for people, with each part.
 */
final class HealthRoutes {
    private final HealthReport report;

    HealthRoutes(HealthReport report) {
        this.report = report;
    }

    void addTo(HttpApi http) {
        http.route("GET", "/health", request -> all())
                .route("GET", "/health/live", request -> Response.json(200, status(Health.up(""))))
                .route("GET", "/health/ready", request -> ready());
    }

    private Response all() {
        Health overall = report.overall();
        Map<String, Object> body = status(overall);
        Map<String, Object> parts = new LinkedHashMap<>();
        report.parts().forEach((name, health) -> parts.put(name, status(health)));
        body.put("parts", parts);
        return Response.json(code(overall), body);
    }

    private Response ready() {
        Health ready = report.ready();
        return Response.json(code(ready), status(ready));
    }

    private static int code(Health health) {
        return health.status() == Health.Status.DOWN ? 503 : 200;
    }

    /** The verdict comes first, in this order each time: people and scripts read it. */
    private static Map<String, Object> status(Health health) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("status", health.status().name().toLowerCase(Locale.ROOT));
        if (!health.detail().isEmpty()) {
            shown.put("detail", health.detail());
        }
        return shown;
    }
}
