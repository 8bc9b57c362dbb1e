package dev.wellhead.cli;

import dev.wellhead.backup.BackupListener;
import dev.wellhead.backup.BackupProgress;

/** Shows how far a backup, a verification or a restore has come. */
final class BackupProgressLine implements BackupListener {
    private final ProgressBar bar;

    BackupProgressLine(ProgressBar bar) {
        this.bar = bar;
    }

    @Override
    public void progressed(BackupProgress progress) {
        String what = switch (progress.phase()) {
            case COPY -> "copying";
            case PACK -> "packing";
            case CHECK -> "checking";
            case LOAD -> "loading";
            case COMPARE -> "comparing";
        };
        bar.show(
                what,
                progress.bytes(),
                progress.expectedBytes(),
                progress.bytesPerSecond(),
                progress.timeLeft(),
                progress.object());
    }
}
