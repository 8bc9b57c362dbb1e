package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.practice.ComposeFile.Mount;
import dev.wellhead.examples.labs.practice.ComposeFile.Port;
import dev.wellhead.examples.labs.practice.ComposeFile.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a compose file of PostgreSQL, Redis and services has to be like if its data matter. Each rule returns what breaks
 * it, a sentence each; nothing if it holds. Immutable.
 */
final class ComposeRules {
    private static final String HOME = "/var/lib/postgresql";
    // Since this version the image keeps the data in a folder of the version's own.
    private static final int FOLDER_BY_VERSION = 18;
    private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(password|passwd|secret|token|api_?key).*");
    private static final Pattern PASSWORD_IN_URL = Pattern.compile("\\w+://[^/\\s:@]*:[^@/\\s]+@");
    private static final Pattern PASSWORD_IN_COMMAND =
            Pattern.compile("(?:requirepass|--pass|PGPASSWORD=|REDISCLI_AUTH=|redis-cli -a)\\s*(\\S+)");

    private final ComposeFile file;

    ComposeRules(ComposeFile file) {
        this.file = file;
    }

    /** Images name the version that runs. */
    List<String> images() {
        List<String> problems = new ArrayList<>();
        for (Service service : file.services()) {
            if (service.isBuilt()) {
                continue;
            }
            if (service.image().isEmpty()) {
                problems.add(service.name() + " has no image");
            } else if (service.tag().isEmpty() || service.tag().equals("latest")) {
                problems.add(service.name() + " runs " + service.image() + ", which is another one tomorrow");
            }
        }
        return problems;
    }

    /** Data are in named volumes, at the place where the program keeps them. */
    List<String> data() {
        List<String> problems = new ArrayList<>();
        for (Service postgres : of("postgres", problems)) {
            String folder = postgresData(postgres);
            if (postgres.mounts().stream()
                    .noneMatch(mount -> isNamed(mount) && keepsPostgres(postgres, mount, folder))) {
                problems.add(
                        postgres.name() + " keeps its data in " + folder + ", and no named volume is mounted for it");
            }
        }
        for (Service redis : of("redis", problems)) {
            if (redis.mounts().stream()
                    .noneMatch(mount -> isNamed(mount) && mount.target().equals("/data"))) {
                problems.add(redis.name() + " keeps its data in /data, and no named volume is mounted there");
            }
        }
        return problems;
    }

    private static String postgresData(Service postgres) {
        int major = postgres.majorVersion();
        String version = major == Integer.MAX_VALUE ? "<version>" : "" + major;
        String byDefault = major >= FOLDER_BY_VERSION ? HOME + "/" + version + "/docker" : HOME + "/data";
        return postgres.environment().getOrDefault("PGDATA", byDefault);
    }

    private static boolean keepsPostgres(Service postgres, Mount mount, String folder) {
        // The image declares a volume, without a name, which would be mounted over one further up.
        String ofImage = postgres.majorVersion() >= FOLDER_BY_VERSION ? HOME : HOME + "/data";
        String target = mount.target();
        boolean hidden = folder.startsWith(ofImage) && !target.startsWith(ofImage);
        return !hidden && (folder.equals(target) || folder.startsWith(target + "/"));
    }

    private boolean isNamed(Mount mount) {
        return file.volumes().contains(mount.source());
    }

    /** It can be seen whether servers work, and services start behind them. */
    List<String> health() {
        List<String> problems = new ArrayList<>();
        List<Service> servers = servers(problems);
        for (Service server : servers) {
            if (!server.hasHealthcheck()) {
                problems.add(server.name() + " has no healthcheck");
            }
        }
        for (Service service : file.services()) {
            for (Service server : servers) {
                if (!servers.contains(service) && !service.startsBehind().contains(server.name())) {
                    problems.add(service.name() + " starts whether " + server.name() + " is healthy or not");
                }
            }
        }
        if (file.services().size() == servers.size()) {
            problems.add("no service is left that uses them");
        }
        return problems;
    }

    /** Passwords are in files, and there are some. */
    List<String> secrets() {
        List<String> problems = new ArrayList<>();
        file.services().forEach(service -> openPasswords(service, problems));
        for (Service postgres : of("postgres", problems)) {
            Map<String, String> environment = postgres.environment();
            if (!isSecretOf(postgres, environment.getOrDefault("POSTGRES_PASSWORD_FILE", ""))) {
                problems.add(postgres.name() + " gets its password from no secret (POSTGRES_PASSWORD_FILE)");
            }
            if (environment.getOrDefault("POSTGRES_HOST_AUTH_METHOD", "").equals("trust")) {
                problems.add(postgres.name() + " asks nobody for a password");
            }
        }
        for (Service redis : of("redis", problems)) {
            String commands = redis.commands();
            if (redis.secrets().entrySet().stream()
                    .noneMatch(secret ->
                            file.secretFiles().contains(secret.getKey()) && commands.contains(secret.getValue()))) {
                problems.add(redis.name() + " reads its password from no secret");
            }
        }
        return problems;
    }

    private boolean isSecretOf(Service service, String path) {
        return service.secrets().entrySet().stream()
                .anyMatch(secret ->
                        secret.getValue().equals(path) && file.secretFiles().contains(secret.getKey()));
    }

    private static void openPasswords(Service service, List<String> problems) {
        service.environment().forEach((name, value) -> {
            boolean names = SECRET_NAME.matcher(name).matches()
                    && !name.toUpperCase(Locale.ROOT).endsWith("_FILE");
            if (names || PASSWORD_IN_URL.matcher(value).find()) {
                problems.add(service.name() + " has a password in its environment, in " + name);
            }
        });
        Matcher inCommand = PASSWORD_IN_COMMAND.matcher(service.commands());
        while (inCommand.find()) {
            // A shell that reads it from somewhere is another matter.
            String password = String.valueOf(inCommand.group(1)).replace("\"", "");
            if (!password.startsWith("$") && !password.startsWith("`")) {
                problems.add(service.name() + " has a password in a command");
            }
        }
    }

    /** Nothing is published beyond this machine. */
    List<String> ports() {
        List<String> problems = new ArrayList<>();
        for (Service service : file.services()) {
            if (service.sharesHostNetwork()) {
                problems.add(service.name() + " shares the network of the host, with all its ports");
            }
            for (Port port : service.ports()) {
                if (!port.address().startsWith("127.")
                        && !port.address().equals("[::1]")
                        && !port.address().equals("::1")) {
                    problems.add(service.name() + " publishes " + port.text() + " on "
                            + (port.address().isEmpty() ? "all addresses of the machine" : port.address()));
                }
            }
        }
        return problems;
    }

    private List<Service> servers(List<String> problems) {
        List<Service> servers = new ArrayList<>(of("postgres", problems));
        servers.addAll(of("redis", problems));
        return servers;
    }

    private List<Service> of(String program, List<String> problems) {
        List<Service> found = file.services().stream()
                .filter(service -> service.runs(program))
                .toList();
        if (found.isEmpty()) {
            problems.add("no service runs " + program);
        }
        return found;
    }
}
