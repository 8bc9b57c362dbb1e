package dev.wellhead.testkit;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.testcontainers.DockerClientFactory;

/**
 * Removes the containers of this JVM when it is gone, whatever ended it. Ryuk does the same, but is an image of its own
 * that must be pulled, and may be forbidden; this is a JVM that waits for the end of a pipe.
 */
final class ContainerGuard {
    private static final String READY = "ready";
    // Signals of a terminal reach the whole process group; the guard must outlive the JVM that it watches.
    private static final String DEAF = "trap '' HUP INT TERM; exec \"$0\" \"$@\"";

    private ContainerGuard() {}

    /** Starts the guard at the first call; returns when it is on duty. */
    static void ensure() {
        if (!Running.PROCESS.isAlive()) {
            throw new IllegalStateException("the JVM that removes our containers has ended; see " + Running.LOG);
        }
    }

    /** Holds the pipe: it ends with this JVM. */
    private static final class Running {
        static final Path LOG = WorkDirectory.root().resolve("container-guard.log");
        static final Process PROCESS = start();

        private static Process start() {
            List<String> command = new ArrayList<>(List.of("sh", "-c", DEAF));
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
            command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), ContainerGuard.class.getName()));
            command.add(DockerClientFactory.SESSION_ID);
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(LOG.toFile()));
            // It starts no container, so it needs nobody to remove one.
            builder.environment().put("TESTCONTAINERS_RYUK_DISABLED", "true");
            try {
                Process process = builder.start();
                byte[] greeting = process.getInputStream().readNBytes(READY.length());
                if (!new String(greeting, StandardCharsets.US_ASCII).equals(READY)) {
                    process.destroyForcibly();
                    throw new IllegalStateException("the JVM that removes our containers did not start; see " + LOG);
                }
                return process;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot start the JVM that removes our containers", e);
            }
        }
    }

    /** Reads to the end of standard input, then removes what carries the session's label. */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> label = Map.of(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL, arguments[0]);
        DockerClient engine = DockerClientFactory.lazyClient();
        // Everything that it will need is loaded now; the class path may be gone later.
        remove(engine, label);
        System.out.print(READY);
        System.out.flush();
        InputStream pipe = System.in;
        pipe.transferTo(OutputStream.nullOutputStream());
        remove(engine, label);
    }

    private static void remove(DockerClient engine, Map<String, String> label) {
        for (Container container : engine.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(label)
                .exec()) {
            try {
                engine.removeContainerCmd(container.getId())
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec();
            } catch (NotFoundException | ConflictException e) {
                // Ryuk is at it as well.
            }
        }
    }
}
