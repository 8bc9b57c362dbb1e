package dev.wellhead.examples.labs;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lists the labs, plays one, judges what the learner made of it, or shows the solution. */
public final class LabCommand {
    private static final String USAGE = """
            usage: ./lab                  lists the labs
                   ./lab NAME             shows the problem, and hands out the files to mend
                   ./lab NAME --check     judges what you changed; exit code 0 if all is well, 1 if not
                   ./lab NAME --solve     puts the solution in place, keeps your files beside it, and explains
                   ./lab NAME --reset     brings the files back as they were handed out

            Each lab starts the servers that it needs, and stops them.

            environment:
              WELLHEAD_LABS_DIR   where your copies of the files lie, lab-work by default
            """;

    private final Path work;
    private final PrintStream out;
    private final PrintStream err;

    LabCommand(Path work, PrintStream out, PrintStream err) {
        this.work = work;
        this.out = out;
        this.err = err;
    }

    /** Exit code 0 if all went well, 1 if a check found something to mend, 2 for a mistake in the command. */
    public static void main(String[] arguments) {
        Map<String, String> environment = System.getenv();
        Path work = Path.of(environment.getOrDefault("WELLHEAD_LABS_DIR", "lab-work"));
        System.exit(new LabCommand(work, System.out, System.err).run(List.of(arguments)));
    }

    int run(List<String> arguments) {
        if (arguments.contains("--help")) {
            out.print(USAGE);
            return 0;
        }
        if (arguments.isEmpty()) {
            list();
            return 0;
        }
        Lab lab = Labs.named(arguments.get(0)).orElse(null);
        if (lab == null) {
            return mistake("no such lab: " + arguments.get(0) + "; ./lab lists them");
        }
        if (arguments.size() > 2) {
            return mistake(
                    "too much: " + String.join(" ", arguments.subList(2, arguments.size())) + "; see ./lab --help");
        }
        String action = arguments.size() == 1 ? "" : arguments.get(1);
        LabFiles files = new LabFiles(lab, work);
        try {
            return switch (action) {
                case "" -> start(lab, files);
                case "--check" -> check(lab, files);
                case "--solve" -> solve(lab, files);
                case "--reset" -> reset(files);
                default -> mistake("no such option: " + action + "; see ./lab --help");
            };
        } catch (Exception e) {
            err.println("lab: " + lab.name() + " ended early: " + e);
            if (System.getenv().containsKey("WELLHEAD_LABS_TRACE")) {
                e.printStackTrace(err);
            }
            return 1;
        }
    }

    private int mistake(String message) {
        err.println("lab: " + message);
        return 2;
    }

    private void list() {
        int width =
                Labs.all().stream().mapToInt(lab -> lab.name().length()).max().orElse(0);
        for (Level level : Level.values()) {
            out.println(level.name().toLowerCase(Locale.ROOT));
            for (Lab lab : Labs.all()) {
                if (lab.level() == level) {
                    String mark = isSolved(lab) ? "*" : new LabFiles(lab, work).exist() ? "+" : " ";
                    out.printf(
                            Locale.ROOT,
                            " %s %-" + width + "s  %s%n",
                            mark,
                            lab.name(),
                            LabText.of(lab).title());
                }
            }
        }
        out.println();
        out.println("./lab NAME shows one. (+ begun, * solved)");
    }

    private int start(Lab lab, LabFiles files) throws Exception {
        files.handOut();
        LabText text = LabText.of(lab);
        out.println(text.title());
        out.println();
        out.println(text.chapter(LabText.SCENE));
        LabRun run = LabRun.play(lab, files.folder(), out);
        run.print(out);
        out.println(text.chapter(LabText.TASK));
        out.println();
        for (String name : files.names()) {
            out.println("  your copy:  " + files.folder().resolve(name));
        }
        out.println("  then:       ./lab " + lab.name() + " --check");
        out.println("  or:         ./lab " + lab.name() + " --solve");
        return 0;
    }

    private int check(Lab lab, LabFiles files) throws Exception {
        files.handOut();
        LabRun run = LabRun.play(lab, files.folder(), out);
        run.print(out);
        if (run.passed()) {
            Files.writeString(solvedMark(lab), "");
            out.println("solved.");
            return 0;
        }
        out.println(run.defects().isEmpty() ? "not yet." : "the lab itself is broken here: see BROKEN above.");
        return 1;
    }

    private int solve(Lab lab, LabFiles files) throws Exception {
        for (Path kept : files.solve()) {
            out.println("kept what you had: " + kept);
        }
        LabRun run = LabRun.play(lab, files.folder(), out);
        run.print(out);
        out.println(LabText.of(lab).chapter(LabText.CURE));
        return run.passed() ? 0 : 1;
    }

    private int reset(LabFiles files) throws IOException {
        files.reset();
        out.println("as it was handed out: " + files.folder());
        return 0;
    }

    private boolean isSolved(Lab lab) {
        return Files.exists(solvedMark(lab));
    }

    private Path solvedMark(Lab lab) {
        return work.resolve(lab.name()).resolve(".solved");
    }
}
