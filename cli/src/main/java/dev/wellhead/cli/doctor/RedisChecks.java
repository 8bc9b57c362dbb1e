package dev.wellhead.cli.doctor;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What Redis says of itself. Only reads. */
public final class RedisChecks {
    private static final List<Rule> OF_SETTINGS = List.of(
            Rule.REDIS_UNBOUNDED,
            Rule.REDIS_NOEVICTION,
            Rule.REDIS_SNAPSHOTS,
            Rule.REDIS_IDLE_TIMEOUT,
            Rule.REDIS_NO_KEEPALIVE,
            Rule.REDIS_OPEN);
    private static final List<String> READ = List.of(
            "maxmemory",
            "maxmemory-policy",
            "save",
            "appendonly",
            "timeout",
            "tcp-keepalive",
            "protected-mode",
            "tls-port");
    private static final String REDIS = "Redis";
    // GHSA-4789-qfc9-5f9q, with the releases of 2025-10-03 that name it.
    private static final Advisory SCRIPTS = Advisory.of(
            REDIS,
            "CVE-2025-49844",
            "whoever may run a script can take the machine over",
            "0",
            "6.2.20",
            "7.2.11",
            "7.4.6",
            "8.0.4",
            "8.2.2");
    // CISA VA-26-239-01, and the versions of the CVE record as of 2026-08-31.
    private static final Advisory TLS = Advisory.of(
            REDIS,
            "CVE-2026-81934",
            "whoever reaches its TLS port can take the machine over",
            "0",
            "6.2.24",
            "7.2.16",
            "7.4.11",
            "8.2.9",
            "8.4.6",
            "8.6.6",
            "8.8.2",
            "8.10.1");

    private RedisChecks() {}

    /**
     * What was read from a server.
     *
     * @param settings by their names; empty if they may not be read
     * @param info what INFO tells
     */
    public record Facts(Map<String, String> settings, Map<String, String> info) {
        /** Reads them. Blocks for nine round trips. */
        public static Facts of(RedisCommands<String, String> redis) {
            Map<String, String> info = new LinkedHashMap<>();
            redis.info().lines().forEach(line -> {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    info.put(line.substring(0, colon), line.substring(colon + 1).strip());
                }
            });
            return new Facts(settings(redis), info);
        }

        private static Map<String, String> settings(RedisCommands<String, String> redis) {
            Map<String, String> settings = new LinkedHashMap<>();
            try {
                // One by one, as Redis before 7 wants it; and not all of them, which would hold passwords.
                for (String name : READ) {
                    settings.putAll(redis.configGet(name));
                }
                return settings;
            } catch (RedisCommandExecutionException e) {
                return Map.of();
            }
        }

        private String setting(String name) {
            return settings.getOrDefault(name, "");
        }
    }

    /** Looks at what can be seen without a connection. */
    public static void examineAddress(Examination examination, String host, boolean tls) {
        examination.check(
                Rule.REDIS_PLAIN,
                !tls && !Hosts.isLoopback(host),
                "the URL of Redis, to " + host,
                "redis://, which is without TLS",
                "use rediss://, and let the server listen with tls-port");
    }

    /**
     * Looks at what was read from a server.
     *
     * @param withPassword whether a password was used
     * @param tls whether the connection was by TLS
     */
    public static void examine(Examination examination, Facts facts, boolean withPassword, boolean tls) {
        examineRole(examination, facts.info());
        examineVersion(examination, facts.info(), tls || !Set.of("", "0").contains(facts.setting("tls-port")));
        if (facts.settings().isEmpty()) {
            OF_SETTINGS.forEach(rule -> examination.skipped(rule, "this user may not read settings (CONFIG GET)"));
            return;
        }
        boolean bounded = !facts.setting("maxmemory").equals("0");
        String policy = facts.setting("maxmemory-policy");
        examination.check(
                Rule.REDIS_UNBOUNDED,
                !bounded,
                "maxmemory",
                "maxmemory = 0, which means without end",
                "set maxmemory to about 60 % of the machine's memory, and maxmemory-policy volatile-lru");
        examination.check(
                Rule.REDIS_NOEVICTION,
                bounded && policy.equals("noeviction"),
                "maxmemory-policy",
                "maxmemory = " + facts.setting("maxmemory") + " with maxmemory-policy = noeviction",
                "set maxmemory-policy volatile-lru: all keys of caches and limiters have a time to live");
        examination.check(
                Rule.REDIS_SNAPSHOTS,
                !facts.setting("save").isEmpty() && facts.setting("appendonly").equals("no"),
                "save and appendonly",
                "save = " + facts.setting("save") + ", appendonly = no",
                "for a cache: save \"\"; for data that must last: appendonly yes");
        examination.check(
                Rule.REDIS_IDLE_TIMEOUT,
                !facts.setting("timeout").equals("0"),
                "timeout",
                "timeout = " + facts.setting("timeout") + " s",
                "set timeout 0, and let tcp-keepalive find the dead");
        examination.check(
                Rule.REDIS_NO_KEEPALIVE,
                facts.setting("tcp-keepalive").equals("0"),
                "tcp-keepalive",
                "tcp-keepalive = 0",
                "set tcp-keepalive 300, the default");
        examination.check(
                Rule.REDIS_OPEN,
                !withPassword && facts.setting("protected-mode").equals("no"),
                "protected-mode and password",
                "it took us without a password, and protected-mode = no",
                "set a password (user default on >... in an aclfile, or requirepass), and bind to the addresses it must serve");
    }

    private static void examineRole(Examination examination, Map<String, String> info) {
        examination.check(
                Rule.REDIS_REPLICA,
                info.getOrDefault("role", "").equals("slave"),
                "role",
                "it is a replica of " + info.getOrDefault("master_host", "?") + ":"
                        + info.getOrDefault("master_port", "?"),
                "name the master in the URL, or use redis-sentinel:// or a cluster, which follow it");
    }

    private static void examineVersion(Examination examination, Map<String, String> info, boolean tls) {
        String version = info.getOrDefault("redis_version", "");
        // Valkey tells a redis_version for compatibility, and has numbers of its own.
        boolean isRedis = !info.containsKey("valkey_version") && !version.isEmpty();
        Stream<Advisory> concerned = tls ? Stream.of(SCRIPTS, TLS) : Stream.of(SCRIPTS);
        List<Advisory> known = concerned
                .filter(advisory -> isRedis && advisory.isIn(REDIS, Versions.of(version)))
                .toList();
        examination.check(
                Rule.REDIS_OLD,
                !known.isEmpty(),
                REDIS + " " + version,
                String.join(
                        "; ",
                        known.stream()
                                .map(advisory -> advisory.inWords() + ", mended in " + Versions.list(advisory.mended()))
                                .toList()),
                "upgrade; where the distribution has mended its own 'old' version, accept this with --ignore "
                        + Rule.REDIS_OLD.code());
    }
}
