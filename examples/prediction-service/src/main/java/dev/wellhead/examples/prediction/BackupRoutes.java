package dev.wellhead.examples.prediction;

import dev.wellhead.backup.BackupException;
import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.VerifyReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /backups}: make one now, list them, prove one by a restore. */
final class BackupRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(BackupRoutes.class);
    private static final String UNKNOWN_ID = "WH-BACKUP-003";

    private final Backups backups;

    BackupRoutes(Backups backups) {
        this.backups = backups;
    }

    void addTo(HttpApi http) {
        http.route("GET", "/backups", request -> list())
                .route("POST", "/backups", request -> create())
                .route("POST", "/backups/*", request -> verify(request.subject()));
    }

    private Response list() {
        List<Map<String, Object>> shown =
                backups.list().stream().map(BackupRoutes::shown).toList();
        return Response.json(200, Map.of("backups", shown));
    }

    private Response create() {
        try {
            return Response.json(201, shown(backups.create()));
        } catch (BackupException e) {
            return failed("a backup on demand", e);
        }
    }

    /** Restores the backup into a scratch database and compares: the answer is the proof. */
    private Response verify(String id) {
        try {
            VerifyReport report = backups.verify(id);
            return Response.json(200, Map.of("id", id, "verified", report.verified(), "report", report.toString()));
        } catch (BackupException e) {
            return e.code().equals(UNKNOWN_ID)
                    ? Response.error(404, Messages.firstLine(e))
                    : failed("a verification on demand", e);
        }
    }

    private static Response failed(String what, BackupException e) {
        LOG.warn("{} failed ({}): {}", what, e.code(), Messages.firstLine(e));
        return Response.error(503, Messages.firstLine(e));
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
