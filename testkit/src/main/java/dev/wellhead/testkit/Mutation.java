package dev.wellhead.testkit;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Runs a check of a module's against the module with a fault in it: the mutated source is compiled into a folder of its
 * own, and the check and all classes of its package are loaded anew, the mutated ones from there. Everything else is
 * shared with the test that asks. Thread-safe; a run takes a second or so.
 *
 * <p>Constants are copied by the compiler into the classes that use them, so a mutant cannot change one that another file
 * uses.
 */
public final class Mutation {
    private static final String RELEASE = "17";

    private final String packageName;
    private final Path module;
    private final Path testClasses;

    private Mutation(String packageName, Path module, Path testClasses) {
        this.packageName = packageName;
        this.module = module;
        this.testClasses = testClasses;
    }

    /** Prepares mutants of the package that this test is in, of the module that it was compiled in. */
    public static Mutation of(Class<?> test) {
        try {
            Path classes = Path.of(
                    test.getProtectionDomain().getCodeSource().getLocation().toURI());
            for (Path folder = classes; folder != null; folder = folder.getParent()) {
                if (Files.isDirectory(folder.resolve("src/main/java"))) {
                    return new Mutation(test.getPackageName(), folder, classes);
                }
            }
            throw new IllegalStateException("no src/main/java above " + classes);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Runs the check on the module as it is, in the way in which mutants are run.
     *
     * @param check a class of the test's package, of whatever visibility, with a constructor without parameters
     * @throws Throwable whatever the check throws
     */
    public void runUnchanged(Class<? extends Runnable> check) throws Throwable {
        run(List.of(), check);
    }

    /**
     * Runs the check on the module with this fault in it.
     *
     * @throws IllegalStateException if the mutant no longer fits its source or does not compile
     * @throws Throwable whatever the check throws: then it has found the fault
     */
    public void run(Mutant mutant, Class<? extends Runnable> check) throws Throwable {
        Path folder = WorkDirectory.fresh("mutant");
        try {
            compile(mutant, folder);
            run(List.of(folder), check);
        } finally {
            delete(folder);
        }
    }

    private void compile(Mutant mutant, Path into) throws IOException {
        Path source = module.resolve("src/main/java")
                .resolve(packageName.replace('.', '/'))
                .resolve(mutant.type() + ".java");
        Path mutated = into.resolve("source").resolve(mutant.type() + ".java");
        Files.createDirectories(mutated.getParent());
        Files.writeString(mutated, mutant.applyTo(Files.readString(source)));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("mutants need a JDK; this runtime has no compiler");
        }
        DiagnosticCollector<JavaFileObject> faults = new DiagnosticCollector<>();
        StringWriter output = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(faults, null, StandardCharsets.UTF_8)) {
            boolean compiled = compiler.getTask(
                            output,
                            files,
                            faults,
                            List.of(
                                    "--release",
                                    RELEASE,
                                    "-proc:none",
                                    "-implicit:none",
                                    "-nowarn",
                                    "-d",
                                    into.toString(),
                                    "-classpath",
                                    classPath()),
                            null,
                            files.getJavaFileObjects(mutated))
                    .call();
            if (!compiled) {
                throw new IllegalStateException(
                        "mutant '" + mutant.name() + "' does not compile: " + faults.getDiagnostics() + output);
            }
        }
    }

    /** Returns the class path of the tests; the one of the JVM may be a jar that only names the others. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private void run(List<Path> first, Class<? extends Runnable> check) throws Throwable {
        List<URL> folders = new ArrayList<>();
        for (Path folder : first) {
            folders.add(folder.toUri().toURL());
        }
        folders.add(module.resolve("target/classes").toUri().toURL());
        folders.add(testClasses.toUri().toURL());
        try (PackageLoader loader = new PackageLoader(packageName, folders.toArray(new URL[0]), check)) {
            Class<?> loaded = Class.forName(check.getName(), true, loader);
            // Its constructor need not be public.
            Runnable runnable = (Runnable) MethodHandles.privateLookupIn(loaded, MethodHandles.lookup())
                    .findConstructor(loaded, MethodType.methodType(void.class))
                    .invoke();
            runnable.run();
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }

    /** Loads the classes of one package itself, and leaves all others to its parent. */
    private static final class PackageLoader extends URLClassLoader {
        private final String packageName;

        PackageLoader(String packageName, URL[] folders, Class<?> check) {
            super(folders, check.getClassLoader());
            this.packageName = packageName;
            // Assertions of the module are part of what finds a fault.
            setDefaultAssertionStatus(true);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(packageName + ".")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }
}
