package dev.wellhead.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which database, and who connects. Filled by the parser. */
final class DatabaseOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The database: postgresql://user@host:5432/database or sqlite:app.db, or a JDBC URL of these."
                    + " Without a password.")
    @Nullable String url;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "Who connects to PostgreSQL. Default: as the URL says.")
    @Nullable String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "A file that holds the password and nothing else, mode 0600. Without it: WELLHEAD_PASSWORD,"
                    + " password in the properties file, ~/.pgpass, or a question on a terminal.")
    @Nullable Path passwordFile;

    @Option(names = "--ask-password", description = "Ask for the password, whatever else there is.")
    boolean askPassword;
}
