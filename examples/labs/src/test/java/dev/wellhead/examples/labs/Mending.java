package dev.wellhead.examples.labs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What somebody might make of the files of a lab, to be judged by it. For one thread. */
public final class Mending {
    private final Lab lab;
    private final Path folder;

    private Mending(Lab lab, Path folder) {
        this.lab = lab;
        this.folder = folder;
    }

    /**
     * Begins with the files as they are handed out.
     *
     * @param work an empty folder
     */
    public static Mending ofStart(Lab lab, Path work) throws IOException {
        LabFiles files = new LabFiles(lab, work);
        files.handOut();
        return new Mending(lab, files.folder());
    }

    /**
     * Begins with the solution.
     *
     * @param work an empty folder
     */
    public static Mending ofSolution(Lab lab, Path work) throws IOException {
        LabFiles files = new LabFiles(lab, work);
        files.solve();
        return new Mending(lab, files.folder());
    }

    /** Has something else stand for a part of a file, which must be in it. */
    public Mending with(String file, String part, String by) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(part);
        return with(file, text.replace(part, by));
    }

    /** Has a file hold this and nothing else. */
    public Mending with(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
        return this;
    }

    /** Plays the lab with these files; what does not depend on them has to be as it should be. */
    public Played play() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        LabRun run = LabRun.play(lab, folder, out);
        run.print(out);
        String printed = bytes.toString(StandardCharsets.UTF_8);
        assertThat(run.defects()).as("%s", printed).isEmpty();
        return new Played(run, printed);
    }
}
