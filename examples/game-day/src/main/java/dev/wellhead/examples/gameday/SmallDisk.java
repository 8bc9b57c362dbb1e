package dev.wellhead.examples.gameday;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A small file system in memory that only the processes see which are launched into it: a disk to fill. It needs no
 * privileges, but a kernel that lets its users have namespaces of their own, and {@code unshare} and {@code nsenter}. Ends
 * with this JVM at the latest. For one thread.
 */
final class SmallDisk implements AutoCloseable {
    // $0 is the size, $1 the folder. Standard input ends with the JVM, and the loop with it.
    private static final String HOLDER = """
            mount -t tmpfs -o size="$0" none "$1" || exit 1
            echo done
            while read -r command; do
                case $command in
                    fill) dd if=/dev/zero of="$1/filler" bs=4k 2>/dev/null ;;
                    free) rm -f "$1/filler" ;;
                esac
                echo done
            done
            """;

    private final Process holder;
    private final BufferedReader answers;

    private SmallDisk(Process holder) {
        this.holder = holder;
        this.answers = new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Returns a disk of this size over the folder; empty if this machine does not let us have one. */
    static Optional<SmallDisk> mount(Path folder, String size) {
        try {
            SmallDisk disk = new SmallDisk(new ProcessBuilder(
                            "unshare", "--map-root-user", "--mount", "sh", "-c", HOLDER, size, folder.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
            if ("done".equals(disk.answer()) && disk.canBeEntered()) {
                return Optional.of(disk);
            }
            disk.close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Returns the program, with its first arguments, by which another one is launched where the disk is. */
    List<String> launcher() {
        return List.of(
                "nsenter",
                "--target",
                String.valueOf(holder.pid()),
                "--user",
                "--mount",
                "--preserve-credentials",
                "--");
    }

    /** Leaves no free block. */
    void fill() {
        command("fill");
    }

    /** Takes away what {@link #fill()} brought. */
    void free() {
        command("free");
    }

    private boolean canBeEntered() throws IOException {
        List<String> command = new ArrayList<>(launcher());
        command.add("true");
        Process trial = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return trial.waitFor(10, TimeUnit.SECONDS) && trial.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            trial.destroyForcibly();
        }
    }

    private void command(String command) {
        try {
            OutputStream commands = holder.getOutputStream();
            commands.write((command + "\n").getBytes(StandardCharsets.US_ASCII));
            commands.flush();
            if (!"done".equals(answer())) {
                throw new IllegalStateException("the process that holds the small disk has ended");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the process that holds the small disk has ended", e);
        }
    }

    private @Nullable String answer() throws IOException {
        return answers.readLine();
    }

    @Override
    public void close() {
        holder.destroyForcibly();
    }
}
