package dev.wellhead.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** What the binaries on the class path call this machine, and how to be no root on it. */
final class Platform {
    private Platform() {}

    /** For example {@code linux-x86_64}. */
    static String postgresName() {
        return system() + "-" + (isArm() ? "arm_64" : "x86_64");
    }

    /** For example {@code linux-amd64}. */
    static String redisName() {
        return system() + "-" + (isArm() ? "arm64" : "amd64");
    }

    /**
     * PostgreSQL refuses to run as root. In a new user namespace without a mapping root is nobody, and so is the owner
     * of its files; this needs no other account.
     */
    static List<String> asNonRoot() {
        return Root.PREFIX;
    }

    private static String system() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (name.startsWith("linux")) {
            return "linux";
        }
        if (name.startsWith("mac")) {
            return "darwin";
        }
        throw new IllegalStateException("no binaries for " + System.getProperty("os.name")
                + "; give servers of your own with -Dwellhead.test.postgres.url and -Dwellhead.test.redis.url");
    }

    private static boolean isArm() {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return arch.equals("aarch64") || arch.equals("arm64");
    }

    private static final class Root {
        static final List<String> PREFIX = isRoot() ? List.of(unshare()) : List.of();

        private static boolean isRoot() {
            try {
                Process id = new ProcessBuilder("id", "-u").start();
                return new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                        .trim()
                        .equals("0");
            } catch (IOException e) {
                return false;
            }
        }

        private static String[] unshare() {
            try {
                Process probe = new ProcessBuilder("unshare", "-U", "true")
                        .redirectErrorStream(true)
                        .start();
                String output = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (probe.waitFor() != 0) {
                    throw new IllegalStateException("PostgreSQL refuses to run as root, and this machine allows no user"
                            + " namespaces (" + output.trim() + "); run as another user, or give a server of your own"
                            + " with -Dwellhead.test.postgres.url");
                }
                return new String[] {"unshare", "-U"};
            } catch (IOException e) {
                throw new IllegalStateException(
                        "PostgreSQL refuses to run as root, and the program unshare is missing; run as another user",
                        e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }
}
