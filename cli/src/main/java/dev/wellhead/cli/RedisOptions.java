package dev.wellhead.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Redis, and who connects. Filled by the parser. */
final class RedisOptions {
    @Option(
            names = "--redis",
            paramLabel = "URL",
            description = "Redis: redis://host:6379, or rediss:// for TLS. Without a password.")
    @Nullable String redis;

    @Option(names = "--redis-user", paramLabel = "NAME", description = "The ACL user. Default: the default user.")
    @Nullable String user;

    @Option(
            names = "--redis-password-file",
            paramLabel = "FILE",
            description = "A file that holds the password of Redis and nothing else, mode 0600. Without it:"
                    + " WELLHEAD_REDIS_PASSWORD or redis-password in the properties file.")
    @Nullable Path passwordFile;
}
