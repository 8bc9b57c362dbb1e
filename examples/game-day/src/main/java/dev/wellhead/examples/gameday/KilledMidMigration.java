package dev.wellhead.examples.gameday;

import dev.wellhead.migrate.MigrationStatus;
import java.time.Duration;
import java.util.Locale;

/** A new version is rolled out; the first replica of it dies in the middle of its migration. */
final class KilledMidMigration implements Scene {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String NEW_VERSION = "006";
    /** The replica that gets the new version first. */
    static final int FIRST = Fleet.REPLICAS - 1;

    @Override
    public String name() {
        return "replica-killed";
    }

    @Override
    public String title() {
        return "A replica is killed in the middle of a migration";
    }

    @Override
    public String told() {
        return "A new version is rolled out, one replica after the other, each stopped in order. It brings a migration of three"
                + " steps: a column, a slow backfill, an index built concurrently. The first replica of it gets a kill -9 during"
                + " the backfill; another one is started in its place.";
    }

    @Override
    public void play(Stage stage) {
        Fleet fleet = stage.fleet();
        int code = fleet.replica(FIRST).stop();
        stage.note("the replica that was replaced ended in order, with exit code " + code + " (SIGTERM)");
        Replica doomed = fleet.launch(FIRST, true);
        Waiting.require("the backfill to run", PATIENCE, () -> !running(fleet).equals("0"));
        stage.expect(
                doomed.status("/health/live") == 200 && doomed.status("/health/ready") == 503,
                "while it migrated the new replica said that it lives (200) and is not ready (503)");
        doomed.kill();
        long killed = System.nanoTime();
        MigrationStatus midway = status(fleet);
        stage.expect(
                midway.state() == MigrationStatus.State.RUNNING,
                "after the kill -9 the history said " + midway.state() + told(midway));
        fleet.launch(FIRST, true);
        fleet.awaitReady(FIRST, true);
        stage.note(String.format(
                Locale.ROOT,
                "the replica in its place was ready %.1f s after the kill: it waited for the dead one's session to end, then"
                        + " went on behind the step that was committed",
                (System.nanoTime() - killed) / 1e9));
        for (int i = 0; i < stage.timing().rolledOut() - 1; i++) {
            fleet.replica(i).stop();
            fleet.launch(i, true);
            fleet.awaitReady(i, true);
        }
    }

    private static String told(MigrationStatus status) {
        MigrationStatus.Midway midway = status.midway();
        return midway == null
                ? ""
                : ", with " + midway.committed() + " of " + midway.statements() + " statements committed: "
                        + midway.happened();
    }

    private static String running(Fleet fleet) {
        return fleet.query("select count(*) from pg_stat_activity"
                + " where state = 'active' and query like '%pg_sleep(%' and pid <> pg_backend_pid()");
    }

    private static MigrationStatus status(Fleet fleet) {
        return fleet.migrator().status().stream()
                .filter(row -> row.version().equals(NEW_VERSION))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void lookBack(Stage stage) {
        MigrationStatus.State state = status(stage.fleet()).state();
        stage.expect(state == MigrationStatus.State.APPLIED, "in the end the history said " + state);
        String valid =
                stage.fleet().query("select indisvalid from pg_index where indexrelid = 'predictions_model'::regclass");
        stage.expect(valid.equals("t"), "the index is valid: `" + valid + "`");
        long cut = stage.countLogged("were cut off");
        stage.expect(cut == 0, "requests that an ending replica cut off: " + cut);
    }

    @Override
    public String reading(Outcome outcome) {
        return outcome.failed() + "; " + outcome.slowest() + ": "
                + (outcome.during().failed() == 0
                        ? "a replica that migrates gets no requests yet, so nobody noticed its death; the others were replaced"
                                + " behind their last answer."
                        : "a replica that migrates gets no requests yet, so what failed did so around the replacements.");
    }
}
