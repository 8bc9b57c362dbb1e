package dev.wellhead.cli;

import dev.wellhead.migrate.MigrationException;
import dev.wellhead.migrate.MigrationListener;
import dev.wellhead.migrate.MigrationReport;
import java.sql.SQLException;
import java.util.List;

/** Shows how far a run of migrations has come. */
final class MigrationProgress implements MigrationListener {
    private final ProgressBar bar;
    private final Screen screen;
    private int total;
    private int done;

    MigrationProgress(ProgressBar bar, Screen screen) {
        this.bar = bar;
        this.screen = screen;
    }

    @Override
    public void onRunStarted(List<String> versions) {
        total = versions.size();
        done = 0;
    }

    @Override
    public void onStatementStarted(StatementEvent statement) {
        bar.show(place(statement) + "  " + statement.sql());
    }

    @Override
    public void onIndexProgress(StatementEvent statement, String phase, int percent) {
        bar.show(place(statement) + "  " + phase + " " + percent + " %");
    }

    @Override
    public void onCompleted(MigrationReport.Step step) {
        done++;
    }

    @Override
    public void onRetry(String version, int attempt, SQLException error) {
        screen.note("version " + version + " gave way to others at attempt " + attempt + " ("
                + CommandWords.in(Target.words(error)) + "), and is tried again");
    }

    @Override
    public void onFailed(String version, MigrationException error) {
        bar.close();
    }

    private String place(StatementEvent statement) {
        return "[" + (done + 1) + "/" + total + "] version " + statement.version() + ", statement " + statement.number()
                + "/" + statement.total();
    }
}
