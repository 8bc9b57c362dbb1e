package dev.wellhead.examples.prediction;

import dev.wellhead.backup.BackupException;
import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.VerifyReport;
import dev.wellhead.core.Health;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What operators ask: {@code /health}, {@code /metrics}, {@code /backups}. Open to whoever reaches the service. */
final class OperationsRoutes {
    private final PredictionService service;

    OperationsRoutes(PredictionService service) {
        this.service = service;
    }

    void addTo(HttpApi http) {
        http.route("GET", "/health", request -> health())
                .route(
                        "GET",
                        "/metrics",
                        request -> Response.text(200, service.metrics().text()))
                .route("GET", "/backups", request -> list())
                .route("POST", "/backups", request -> create())
                .route("POST", "/backups/*", request -> verify(request.subject()));
    }

    private Response health() {
        Map<String, Object> parts = new LinkedHashMap<>();
        Health worst = Health.up("");
        for (Map.Entry<String, Health> part : service.health().entrySet()) {
            Map<String, Object> shown = status(part.getValue());
            shown.put("detail", part.getValue().detail());
            parts.put(part.getKey(), shown);
            worst = worst.worse(part.getValue());
        }
        Map<String, Object> all = status(worst);
        all.put("parts", parts);
        return Response.json(worst.status() == Health.Status.DOWN ? 503 : 200, all);
    }

    /** The verdict comes first, in this order each time: people and scripts read it. */
    private static Map<String, Object> status(Health health) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("status", health.status().name().toLowerCase(Locale.ROOT));
        return shown;
    }

    private Response list() {
        List<Map<String, Object>> backups =
                service.backups().list().stream().map(OperationsRoutes::shown).toList();
        return Response.json(200, Map.of("backups", backups));
    }

    private Response create() {
        try {
            return Response.json(201, shown(service.backups().create()));
        } catch (BackupException e) {
            return Response.error(503, Messages.firstLine(e));
        }
    }

    /** Restores the backup into a scratch database and compares: the answer is the proof. */
    private Response verify(String id) {
        try {
            VerifyReport report = service.backups().verify(id);
            return Response.json(200, Map.of("id", id, "verified", report.verified(), "report", report.toString()));
        } catch (BackupException e) {
            return Response.error(404, Messages.firstLine(e));
        }
    }

    private static Map<String, Object> shown(BackupInfo backup) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", backup.id());
        shown.put("state", backup.state().toString());
        shown.put("createdAt", backup.createdAt().toString());
        shown.put("bytes", backup.bytes());
        return shown;
    }
}
