package dev.wellhead.cli.doctor;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a PostgreSQL URL says, and leaves out, by the names of the PostgreSQL driver. */
public final class AddressChecks {
    private static final List<String> CLASSES = List.of(
            "socketFactory",
            "sslfactory",
            "sslhostnameverifier",
            "sslpasswordcallback",
            "authenticationPluginClassName",
            "xmlFactoryFactory",
            "loggerFile");
    // Comes with the driver, and only checks certificates.
    private static final String HARMLESS = "org.postgresql.ssl.DefaultJavaSSLFactory";

    private AddressChecks() {}

    /**
     * Looks at the parameters of a URL.
     *
     * @param hosts the hosts in it; empty if the driver's default is meant
     * @param parameters the driver's
     */
    public static void examine(Examination examination, List<String> hosts, Map<String, String> parameters) {
        examineTls(examination, hosts, parameters);
        examination.check(
                Rule.SIMPLE_QUERIES,
                parameters.getOrDefault("preferQueryMode", "").equals("simple"),
                "preferQueryMode in the URL",
                "preferQueryMode=simple",
                "leave it out; behind a pooler that changes sessions use prepareThreshold=0");
        String socket = parameters.getOrDefault("socketTimeout", "0");
        examination.check(
                Rule.NO_SOCKET_TIMEOUT,
                isZero(socket),
                "socketTimeout in the URL",
                parameters.containsKey("socketTimeout")
                        ? "socketTimeout=" + socket
                        : "it is not set, which means never",
                "add socketTimeout=60, in seconds, above the longest statement of the service");
        examination.check(
                Rule.ENDLESS_CONNECT,
                isZero(parameters.getOrDefault("connectTimeout", "10")),
                "connectTimeout in the URL",
                "connectTimeout=0, which means never",
                "leave it out for 10 s, or set some seconds");
        examination.check(
                Rule.NO_KEEPALIVE,
                !parameters.getOrDefault("tcpKeepAlive", "false").equalsIgnoreCase("true"),
                "tcpKeepAlive in the URL",
                "it is not set, which means off",
                "add tcpKeepAlive=true");
        examineClasses(examination, parameters);
    }

    private static void examineTls(Examination examination, List<String> hosts, Map<String, String> parameters) {
        examination.looked(Rule.UNVERIFIED_TLS);
        List<String> far =
                hosts.stream().filter(host -> !Hosts.isLoopback(host)).toList();
        String mode = parameters.getOrDefault("sslmode", "").toLowerCase(Locale.ROOT);
        if (far.isEmpty() || mode.equals("verify-full")) {
            return;
        }
        String means = switch (mode) {
            case "", "prefer", "allow" -> "TLS only if the server offers it, and no certificate is checked";
            case "disable" -> "no TLS";
            case "require" -> "TLS, and no certificate is checked";
            default -> "the certificate is checked, and not the name of the host in it";
        };
        examination.found(
                Rule.UNVERIFIED_TLS,
                "sslmode in the URL, to " + String.join(", ", far),
                (mode.isEmpty() ? "it is not set" : "sslmode=" + mode) + ": " + means,
                "add sslmode=verify-full, and sslrootcert=FILE if the authority is your own");
    }

    private static void examineClasses(Examination examination, Map<String, String> parameters) {
        examination.looked(Rule.CLASS_IN_URL);
        for (String name : CLASSES) {
            String value = parameters.getOrDefault(name, "");
            if (!value.isEmpty() && !value.equals(HARMLESS)) {
                examination.found(
                        Rule.CLASS_IN_URL,
                        name + " in the URL",
                        name + "=" + value,
                        "leave it out; if the service needs it, set it in code, where nobody changes it from outside");
            }
        }
    }

    private static boolean isZero(String text) {
        return text.isEmpty() || text.matches("0+");
    }
}
