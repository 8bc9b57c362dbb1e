package dev.wellhead.backup;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which processes have a file open, as far as the system tells: on Linux those of the same user, or all to root; elsewhere
 * none. A look, not a lock: somebody may open it right after.
 */
final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final Path PROCESSES = Path.of("/proc");

    private OpenFiles() {}

    /** Returns the ids of the processes, each as often as it has the file open. */
    static List<Long> holders(Path realFile) {
        List<Long> holders = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            for (Path process : processes) {
                long id = Long.parseLong(process.getFileName().toString());
                for (int times = timesOpen(process.resolve("fd"), realFile); times > 0; times--) {
                    holders.add(id);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("this system does not tell who has {} open", realFile, e);
        }
        return holders;
    }

    private static int timesOpen(Path descriptors, Path realFile) {
        int times = 0;
        try (DirectoryStream<Path> links = Files.newDirectoryStream(descriptors)) {
            for (Path link : links) {
                times += isLinkTo(link, realFile) ? 1 : 0;
            }
        } catch (IOException | DirectoryIteratorException e) {
            // The process has ended, or is none of ours to look at.
            return times;
        }
        return times;
    }

    private static boolean isLinkTo(Path link, Path realFile) {
        try {
            return Files.readSymbolicLink(link).equals(realFile);
        } catch (IOException e) {
            // Closed since.
            return false;
        }
    }

    /** Says it for people, with the programs as far as they are known. */
    static String describe(long id) {
        String program = ProcessHandle.of(id)
                .flatMap(process -> process.info().command())
                .map(command -> " (" + command + ")")
                .orElse("");
        return id == ProcessHandle.current().pid() ? "this process" : "process " + id + program;
    }
}
