package dev.wellhead.examples.gameday;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The disk of the backups has no room left when one is to be made. */
final class DiskFull implements Scene {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    // One that knows the schema as it is, whoever of the others does not yet.
    private static final int ASKED = KilledMidMigration.FIRST;
    private static final String FAILED = "wellhead_backup_failed_total";

    @Override
    public String name() {
        return "disk-full";
    }

    @Override
    public String title() {
        return "The disk is full when a backup is due";
    }

    @Override
    public String told() {
        return "The file system of the backups, one of 24 MB in memory, is filled to its last block; then a backup is asked for.";
    }

    @Override
    public void play(Stage stage) {
        Optional<SmallDisk> disk = stage.fleet().disk();
        if (disk.isEmpty()) {
            stage.note("**not shown**: this machine does not let its users mount a small file system");
            return;
        }
        stage.count(FAILED, "");
        Http.Answer first = backup(stage);
        stage.expect(first.status() == 201, "a backup before: " + first.status());
        disk.get().fill();
        long until = System.nanoTime() + stage.timing().during().toNanos();
        Http.Answer full = backup(stage);
        stage.expect(
                full.status() == 503 && full.body().contains("No space left on device"),
                "the backup while the disk was full: " + full.status() + ", `"
                        + json(full).path("error").asText() + "`");
        stage.expect(stage.balancer().all("up"), "all replicas said `up` meanwhile: no request needs that disk");
        Waiting.untilNanos(until);
        disk.get().free();
        Http.Answer again = backup(stage);
        stage.expect(again.status() == 201, "the backup once there was room: " + again.status());
        String id = json(again).path("id").asText();
        Http.Answer verified = Http.post(port(stage), "/backups/" + id, PATIENCE);
        stage.expect(
                json(verified).path("verified").asBoolean(),
                "restored into a scratch database and compared: `"
                        + json(verified).path("report").asText() + "`");
    }

    /** One at a time of each database: the schedule of a replica may be at its own. */
    private static Http.Answer backup(Stage stage) {
        Http.Answer[] answer = new Http.Answer[1];
        Waiting.require("a turn to make a backup", PATIENCE, () -> {
            answer[0] = Http.post(port(stage), "/backups", PATIENCE);
            return !answer[0].body().contains("another one is running");
        });
        return answer[0];
    }

    private static int port(Stage stage) {
        return stage.fleet().port(ASKED).orElseThrow();
    }

    private static JsonNode json(Http.Answer answer) {
        try {
            return new ObjectMapper().readTree(answer.body());
        } catch (IOException e) {
            throw new IllegalStateException("no JSON: " + answer, e);
        }
    }

    @Override
    public void lookBack(Stage stage) {
        if (stage.fleet().disk().isPresent()) {
            stage.expectLog("a backup on demand failed (WH-BACKUP-001)");
            stage.expectGrowth(FAILED, "");
        }
    }

    @Override
    public String reading(Outcome outcome) {
        return outcome.failed() + "; " + outcome.slowest()
                + ": a backup that finds no room fails as a whole, leaves what was there, and says so in log and metrics.";
    }
}
