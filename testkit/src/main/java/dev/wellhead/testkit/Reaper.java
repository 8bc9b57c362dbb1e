package dev.wellhead.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Ends what this JVM started when the JVM is gone, whatever ended it. A shutdown hook does not run after kill -9; this
 * does: a shell reads the process ids from a pipe, and the pipe ends with the JVM.
 */
final class Reaper {
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            alive=' '
            while read -r sign pid; do
              case $sign in
                +) alive="$alive$pid " ;;
                -) case $alive in *" $pid "*) alive="${alive%% $pid *} ${alive#* $pid }" ;; esac ;;
              esac
            done
            for pid in $alive; do kill -CONT "$pid"; kill -9 "$pid"; done 2>/dev/null
            """;

    private static final Reaper INSTANCE = new Reaper();

    private final ReentrantLock pipeLock = new ReentrantLock();
    private final OutputStream pipe;

    private Reaper() {
        try {
            // Close on exec keeps this pipe out of later children: only the JVM's death ends it.
            Process shell = new ProcessBuilder("sh", "-c", SCRIPT)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            pipe = shell.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start sh, which ends our servers when the JVM dies", e);
        }
    }

    static void watch(long pid) {
        INSTANCE.send("+ " + pid + "\n");
    }

    static void forget(long pid) {
        INSTANCE.send("- " + pid + "\n");
    }

    private void send(String line) {
        pipeLock.lock();
        try {
            pipe.write(line.getBytes(StandardCharsets.US_ASCII));
            pipe.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the process that ends our servers when the JVM dies has gone", e);
        } finally {
            pipeLock.unlock();
        }
    }
}
