package dev.wellhead.cli.doctor;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Which drivers a service brings along, by the names of its jars, those within its own jar too. Only reads. */
public final class LibraryChecks {
    private static final Pattern JAR = Pattern.compile("(?:.*/)?(postgresql|sqlite-jdbc)-(\\d[\\w.]*?)\\.jar");
    private static final int DEEPEST = 6;
    private static final String POSTGRES = "postgresql";
    private static final String SQLITE = "sqlite-jdbc";

    // By the CVE records and the vendors' advisories: pgjdbc GHSA-v7wg-cpwc-24m4, GHSA-r38f-c4h4-hqq2,
    // GHSA-562r-vg33-8x8h, GHSA-24rp-q3w6-vc56 and the notes of its releases 42.7.7, 42.7.11 and 42.7.12.
    // The driver of SQLite has the version of the SQLite in it.
    private static final List<Advisory> ADVISORIES = List.of(
            Advisory.of(
                    POSTGRES, "CVE-2022-21724", "classes named in the URL are run", "9.4.1208", "42.2.25", "42.3.2"),
            Advisory.of(
                    POSTGRES,
                    "CVE-2022-31197",
                    "injection by names of columns in refreshRow",
                    "0",
                    "42.2.26",
                    "42.3.7",
                    "42.4.1"),
            Advisory.of(
                    POSTGRES,
                    "CVE-2022-41946",
                    "others on the machine read temporary files",
                    "0",
                    "42.2.27",
                    "42.3.8",
                    "42.4.3",
                    "42.5.1"),
            Advisory.of(
                    POSTGRES,
                    "CVE-2024-1597",
                    "injection in simple query mode",
                    "0",
                    "42.2.28",
                    "42.3.9",
                    "42.4.4",
                    "42.5.5",
                    "42.6.1",
                    "42.7.2"),
            Advisory.of(POSTGRES, "CVE-2025-49146", "channelBinding=require is not kept", "42.7.4", "42.7.7"),
            Advisory.of(POSTGRES, "CVE-2026-42198", "a hostile server keeps processors busy", "42.2.0", "42.7.11"),
            Advisory.of(
                    POSTGRES,
                    "CVE-2026-54291",
                    "channelBinding=require is undone by a certificate without a hash for it",
                    "42.7.4",
                    "42.7.12"),
            Advisory.of(SQLITE, "CVE-2023-32697", "a URL can run code", "3.6.14.1", "3.41.2.2"),
            Advisory.of(SQLITE, "CVE-2025-6965", "memory damaged by a statement, in the SQLite within", "0", "3.50.2"),
            Advisory.of(
                    SQLITE,
                    "CVE-2026-11822",
                    "memory damaged by a forged file with an FTS5 index, in the SQLite within",
                    "0",
                    "3.53.2"));

    private LibraryChecks() {}

    /**
     * Looks at a jar, or at the jars below a folder.
     *
     * @throws IOException if they cannot be read
     */
    public static void examine(Examination examination, Path place) throws IOException {
        Map<String, String> found = new TreeMap<>();
        if (Files.isDirectory(place)) {
            try (Stream<Path> files = Files.walk(place, DEEPEST, FileVisitOption.FOLLOW_LINKS)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    add(found, file);
                }
            }
        } else {
            add(found, place);
        }
        if (found.isEmpty()) {
            examination.skipped(
                    Rule.OLD_LIBRARY, "there is no postgresql-VERSION.jar nor sqlite-jdbc-VERSION.jar in " + place);
            return;
        }
        found.forEach((name, where) -> judge(examination, name, where));
    }

    private static void add(Map<String, String> found, Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(".jar") && !name.endsWith(".war")) {
            return;
        }
        if (JAR.matcher(name).matches()) {
            found.put(name, file.toString());
            return;
        }
        try (ZipFile archive = new ZipFile(file.toFile())) {
            archive.stream()
                    .map(ZipEntry::getName)
                    .filter(entry -> JAR.matcher(entry).matches())
                    .forEach(entry -> found.put(entry.substring(entry.lastIndexOf('/') + 1), file + "!/" + entry));
        }
    }

    private static void judge(Examination examination, String name, String where) {
        examination.looked(Rule.OLD_LIBRARY);
        Matcher jar = JAR.matcher(name);
        if (!jar.matches()) {
            return;
        }
        Versions version = Versions.of(jar.group(2));
        List<Advisory> known = ADVISORIES.stream()
                .filter(advisory -> advisory.isIn(jar.group(1), version))
                .toList();
        if (known.isEmpty()) {
            return;
        }
        Versions safe =
                known.stream().map(Advisory::safe).max(Versions::compareTo).orElseThrow();
        examination.found(
                Rule.OLD_LIBRARY,
                where,
                jar.group(1) + " " + version + ": "
                        + String.join(
                                "; ", known.stream().map(Advisory::inWords).toList()),
                "use " + jar.group(1) + " " + safe + " or newer");
    }
}
