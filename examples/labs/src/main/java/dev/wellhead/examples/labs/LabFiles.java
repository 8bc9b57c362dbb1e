package dev.wellhead.examples.labs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The learner's copy of one lab's files, in a folder of its own. */
final class LabFiles {
    private static final String START = "start/";
    private static final String SOLUTION = "solution/";
    private static final String YOURS = ".yours";

    private final Lab lab;
    private final Path folder;

    /** @param work where the folders of all labs lie */
    LabFiles(Lab lab, Path work) {
        this.lab = lab;
        this.folder = work.resolve(lab.name());
    }

    /** Returns where the files of a lab lie among the resources. */
    static String root(Lab lab) {
        return "/labs/" + lab.name() + "/";
    }

    Path folder() {
        return folder;
    }

    /** Returns whether there is a copy. */
    boolean exist() {
        return Files.isDirectory(folder);
    }

    /** Copies what is handed out and is not there yet. */
    void handOut() throws IOException {
        Files.createDirectories(folder);
        for (String name : names()) {
            if (!Files.exists(folder.resolve(name))) {
                Files.write(folder.resolve(name), read(START + name));
            }
        }
    }

    /** Brings all back as it was handed out. */
    void reset() throws IOException {
        Files.createDirectories(folder);
        for (String name : names()) {
            Files.write(folder.resolve(name), read(START + name));
        }
    }

    /**
     * Puts the solution in place of what is there. What the learner changed is kept beside it.
     *
     * @return the files that were kept
     */
    List<Path> solve() throws IOException {
        handOut();
        List<Path> kept = new ArrayList<>();
        for (String name : names()) {
            Path file = folder.resolve(name);
            byte[] mine = Files.readAllBytes(file);
            byte[] solution = read(SOLUTION + name);
            if (!Arrays.equals(mine, solution) && !Arrays.equals(mine, read(START + name))) {
                kept.add(Files.write(folder.resolve(name + YOURS), mine));
            }
            Files.write(file, solution);
        }
        return kept;
    }

    /** Returns the names of the exercise's files: {@code files} lists them, one a line. */
    List<String> names() throws IOException {
        return new String(read("files"), StandardCharsets.UTF_8).lines().toList();
    }

    private byte[] read(String name) throws IOException {
        String resource = root(lab) + name;
        try (InputStream in = Lab.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing");
            }
            return in.readAllBytes();
        }
    }
}
