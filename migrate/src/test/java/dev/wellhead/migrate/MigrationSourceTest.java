package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationSourceTest {
    @TempDir
    Path folder;

    @Test
    void directoryPairsUpAndDown() throws IOException {
        write("001_create_users.sql", "one");
        write("001_create_users.down.sql", "back one");
        write("1.10_c.sql", "late");
        write("2_b.sql", "two");
        write("02.0_b.down.sql", "back two");
        write("README.md", "not ours");
        Files.createDirectory(folder.resolve("003_folder.sql"));

        List<Migration> migrations = MigrationSource.directory(folder).load();

        assertThat(migrations)
                .extracting(Migration::version, Migration::description, Migration::up, Migration::origin)
                .containsExactly(
                        tuple("001", "create users", "one", "001_create_users.sql"),
                        tuple("1.10", "c", "late", "1.10_c.sql"),
                        tuple("2", "b", "two", "2_b.sql"));
        assertThat(migrations)
                .extracting(migration -> migration.down().orElse("none"))
                .containsExactly("back one", "none", "back two");
        assertThat(migrations.get(0)).hasToString("001 create users (001_create_users.sql)");
    }

    @Test
    void whatIsNoFileIsPassedOverWhateverItsName() throws IOException {
        write("001_a.sql", "one");
        Files.createDirectory(folder.resolve("notes.sql"));
        // As an editor makes one while it has the file open.
        Files.createSymbolicLink(folder.resolve(".#001_a.sql"), Path.of("someone@somewhere.4711"));

        assertThat(MigrationSource.directory(folder).load())
                .extracting(Migration::origin)
                .containsExactly("001_a.sql");
    }

    @Test
    void replacementCharacterIsTextAsAnyOther() throws IOException {
        write("001_a.sql", "select '\ufffd'");

        assertThat(MigrationSource.directory(folder).load())
                .extracting(Migration::up)
                .containsExactly("select '\ufffd'");
    }

    @Test
    void namesOfNoSchemeAreRefused() throws IOException {
        write("users.sql", "");

        refuses("file users.sql follows no scheme", "001_name.sql");
    }

    @Test
    void duplicateVersionsAreRefusedNamingBothFiles() throws IOException {
        write("001_a.sql", "");
        write("1_b.sql", "");

        refuses("001_a.sql and 1_b.sql have the same version 1");
    }

    @Test
    void downWithoutUpIsRefused() throws IOException {
        write("001_a.down.sql", "");

        refuses("001_a.down.sql takes back a version that no file applies");
    }

    @Test
    void filesThatAreNotUtf8AreRefused() throws IOException {
        Files.write(folder.resolve("001_a.sql"), new byte[] {'-', '-', (byte) 0xe9});

        refuses("001_a.sql is not UTF-8");
    }

    @Test
    void missingFolderIsRefused() {
        assertThatThrownBy(() ->
                        MigrationSource.directory(folder.resolve("nowhere")).load())
                .isInstanceOf(MigrationException.class)
                .hasMessageContainingAll("nowhere", "check that the folder exists")
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void versionOfAMigrationInCodeIsChecked() {
        assertThatThrownBy(() -> Migration.of("one", "x", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MigrationSource.classpath("/")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void classpathFolderInAFolderIsListed() throws IOException {
        write("db/migrations/001_a.sql", "one");
        write("db/migrations/below/002_b.sql", "not in the folder");

        assertThat(load("/db/migrations/", folder.toUri().toURL()))
                .extracting(Migration::up)
                .containsExactly("one");
    }

    @Test
    void foldersOfVersionsAreFoundOnTheClassPath() throws IOException {
        write("db/001_a/up.sql", "one");
        write("db/001_a/down.sql", "back");
        URL jar = jar("in/", "", "in/001_a/", "", "in/001_a/up.sql", "one", "in/001_a/below/up.sql", "no");

        assertThat(load("db", folder.toUri().toURL()))
                .extracting(Migration::origin, migration -> migration.down().orElse(""))
                .containsExactly(tuple("001_a/up.sql", "back"));
        assertThat(load("in", jar)).extracting(Migration::origin).containsExactly("001_a/up.sql");
    }

    @Test
    void classpathFolderInAJarIsListed() throws IOException {
        URL jar = jar(
                "migrations/", "", "migrations/001_a.sql", "one", "migrations/x/002_b.sql", "", "other/3_c.sql", "");

        assertThat(load("migrations", jar)).extracting(Migration::up).containsExactly("one");
    }

    @Test
    void classpathFolderWithAnIndexNeedsNoListing() throws IOException {
        URL jar = jar(
                "migrations/migrations.index",
                "# in order\n001_a.sql\r\n001_a.down.sql # back\n\n",
                "migrations/001_a.sql",
                "one",
                "migrations/001_a.down.sql",
                "back",
                "migrations/002_unlisted.sql",
                "");

        assertThat(load("migrations", jar)).extracting(Migration::up).containsExactly("one");
    }

    @Test
    void indexThatNamesWhatIsNotThereIsRefused() throws IOException {
        URL jar = jar("migrations/migrations.index", "001_a.sql");

        assertThatThrownBy(() -> load("migrations", jar))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("lists 001_a.sql, which is not there");
    }

    @Test
    void jarWithoutEntriesForFoldersIsToldHowToBeRead() throws IOException {
        URL jar = jar("migrations/001_a.sql", "one");

        assertThatThrownBy(() -> load("migrations", jar))
                .isInstanceOf(MigrationException.class)
                .hasMessageContainingAll("no such folder", "migrations/migrations.index");
    }

    @Test
    void sameFileInTwoPlacesIsRefusedNamingBoth() throws IOException {
        URL jar = jar("migrations/", "", "migrations/001_a.sql", "one");
        write("migrations/001_a.sql", "other");

        assertThatThrownBy(() -> load("migrations", jar, folder.toUri().toURL()))
                .isInstanceOf(MigrationException.class)
                .hasMessageContainingAll("001_a.sql is in both", ".jar");
    }

    @Test
    void folderOfAModuleThatIsNotOpenIsListed() throws IOException {
        write("source/module-info.java", "module host.app { }");
        Path classes = Files.createDirectories(folder.resolve("classes"));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-d",
                        classes.toString(),
                        folder.resolve("source/module-info.java").toString());
        assertThat(compiled).isZero();
        write("classes/migrations/001_a.sql", "one");
        Configuration configuration = ModuleLayer.boot()
                .configuration()
                .resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("host.app"));
        ModuleLayer layer = ModuleLayer.boot().defineModulesWithOneLoader(configuration, null);

        List<Migration> migrations =
                new ClasspathFolder("migrations", layer, ClassLoader.getPlatformClassLoader()).load();

        assertThat(migrations).extracting(Migration::up).containsExactly("one");
    }

    private void refuses(String... words) {
        assertThatThrownBy(() -> MigrationSource.directory(folder).load())
                .isInstanceOfSatisfying(
                        MigrationException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo("WH-MIG-001"))
                .hasMessageContainingAll(words)
                .hasMessageContainingAll(folder.toString(), "nothing was run");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private URL jar(String... namesAndTexts) throws IOException {
        Path jar = folder.resolve("library.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (int i = 0; i < namesAndTexts.length; i += 2) {
                out.putNextEntry(new JarEntry(namesAndTexts[i]));
                out.write(namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        return jar.toUri().toURL();
    }

    private static List<Migration> load(String path, URL... places) throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(places, ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(loader);
            return MigrationSource.classpath(path).load();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
