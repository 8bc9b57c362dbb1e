package dev.wellhead.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A client program that does what a test wants, in a folder of its own. */
record FakeProgram(Path folder) {
    /** Writes a shell script in the place of a program; it finds its folder in {@code HERE}. */
    static FakeProgram write(Path folder, String name, String script) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(name);
        Files.writeString(
                file, "#!/bin/sh\nHERE='" + folder + "'\necho \"$*\" >> \"$HERE/arguments\"\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new FakeProgram(folder);
    }

    /** Returns a script that tells this major version, and otherwise does the rest. */
    static String ofMajor(int major, String rest) {
        return "if [ \"$1\" = --version ]; then echo \"pg_dump (PostgreSQL) " + major + ".1 (Fake 7)\"; exit 0; fi\n"
                + rest;
    }

    /** Puts real programs into a folder, of which {@code pg_dump} does something else first when it is to dump. */
    static FakeProgram before(Path folder, Path real, String script) throws IOException {
        FakeProgram program = write(
                folder,
                "pg_dump",
                "if [ \"$1\" != --version ]; then " + script + "; fi\nexec '" + real.resolve("pg_dump") + "' \"$@\"");
        write(folder, "pg_restore", "exec '" + real.resolve("pg_restore") + "' \"$@\"");
        return program;
    }

    ClientPrograms programs() {
        return ClientPrograms.at(folder);
    }

    boolean has(String file) {
        return Files.exists(folder.resolve(file));
    }

    String read(String file) throws IOException {
        return Files.readString(folder.resolve(file));
    }
}
