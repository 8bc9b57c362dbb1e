package dev.wellhead.examples.labs;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A Java file that the learner edits: compiled each time, by the JDK that runs the lab. */
public final class JavaExercise {
    private JavaExercise() {}

    /**
     * Compiles a file of the exercise and returns a new object of its class, which is named like the file, lies in no
     * package and has a constructor without parameters.
     *
     * @param type what it implements
     * @throws ExerciseException if it does not compile, or is no such class
     */
    public static <T> T load(Scene scene, String file, Class<T> type) throws IOException, ExerciseException {
        Path source = scene.exercise(file);
        Path classes = scene.closing(TemporaryFolder.create()).path();
        compile(source, classes);
        String name = file.substring(0, file.length() - ".java".length());
        URLClassLoader loader =
                scene.closing(new URLClassLoader(new URL[] {classes.toUri().toURL()}, type.getClassLoader()));
        try {
            return type.cast(loader.loadClass(name).getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
            throw new ExerciseException(
                    source + " must hold a public class " + name + " that implements " + type.getSimpleName()
                            + " and has a public constructor without parameters (" + e + ")",
                    e);
        }
    }

    private static void compile(Path source, Path classes) throws IOException, ExerciseException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new ExerciseException("this Java has no compiler; run the lab with a JDK (set JAVA_HOME to one)");
        }
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(problems, Locale.ROOT, StandardCharsets.UTF_8)) {
            List<String> options = List.of(
                    "-d", classes.toString(), "-proc:none", "-classpath", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(
                            new StringWriter(), files, problems, options, null, files.getJavaFileObjects(source))
                    .call();
            if (!compiled) {
                throw new ExerciseException(problems.getDiagnostics().stream()
                        .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                        .map(problem -> source + ":" + problem.getLineNumber() + ": " + problem.getMessage(Locale.ROOT))
                        .collect(Collectors.joining("\n")));
            }
        }
    }
}
