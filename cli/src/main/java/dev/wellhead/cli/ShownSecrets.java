package dev.wellhead.cli;

import dev.wellhead.cli.CliException.Kind;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Refuses passwords where others can read them: every user of a machine sees the arguments of its processes. */
final class ShownSecrets {
    private static final String WHERE =
            "put it into WELLHEAD_PASSWORD (WELLHEAD_REDIS_PASSWORD for Redis), the properties"
                    + " file, a file named by --password-file, or ~/.pgpass";
    private static final Pattern FLAG = Pattern.compile("--?(redis-?)?(pass(word|wd)?|pw|secret)(=.*)?");
    private static final Pattern URL = Pattern.compile("^([A-Za-z][A-Za-z0-9+.:-]*)://(.*)$", Pattern.DOTALL);
    private static final String HOST = "(\\[[0-9A-Fa-f:.]+]|[^:/?#@,\\[]*)(:\\d+)?";
    // Hosts with their ports, and a path: a @ among the parameters behind these is part of one.
    private static final Pattern HOSTS = Pattern.compile(HOST + "(," + HOST + ")*(/[^?@]*)?\\?.*", Pattern.DOTALL);
    private static final Pattern USER_AND_HOSTS = Pattern.compile("([^:/?#@]*@)?" + HOSTS.pattern(), Pattern.DOTALL);
    private static final Pattern PARAMETER = Pattern.compile("[?&;]\\s*([^=&;\\s]+)\\s*=\\s*[^&;\\s]");

    private ShownSecrets() {}

    /**
     * Looks at the arguments of the process.
     *
     * @throws CliException without showing it, if one of them carries a password
     */
    static void refuseIn(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (FLAG.matcher(argument.toLowerCase(Locale.ROOT)).matches()) {
                throw new CliException(
                        Kind.SECRET_SHOWN,
                        "there is no option for a password, as every user of this machine can read the arguments of a process; "
                                + WHERE + "; if one was given just now, change it");
            }
            int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
            if (carriesPassword(argument.substring(equals + 1))) {
                throw new CliException(
                        Kind.SECRET_SHOWN,
                        "argument " + (i + 1)
                                + " is a URL with a password in it, which every user of this machine can read"
                                + " now, and the history of the shell keeps; change that password, take it out of the URL, and "
                                + WHERE);
            }
        }
    }

    /**
     * Looks at a URL that comes from elsewhere.
     *
     * @param source where it comes from, as {@code WELLHEAD_URL}
     * @throws CliException without showing it, if it carries a password
     */
    static void refuseInUrl(String source, String url) {
        if (carriesPassword(url)) {
            throw new CliException(
                    Kind.SECRET_SHOWN,
                    "the URL in " + source
                            + " carries a password, which would show wherever the URL does; take it out, and " + WHERE);
        }
    }

    private static boolean carriesPassword(String text) {
        Matcher url = URL.matcher(text);
        return (url.matches() && carriesUserInfo(url.group(1), url.group(2))) || carriesParameter(text);
    }

    /** A password may itself hold what ends an address, so all before the last @ counts. */
    private static boolean carriesUserInfo(String scheme, String rest) {
        int at = rest.lastIndexOf('@');
        if (at < 0) {
            return false;
        }
        String before = rest.substring(0, at);
        // A name alone is the password to Redis' client.
        boolean isRedis = scheme.startsWith("redis");
        if (!isRedis && before.indexOf(':') < 0) {
            return false;
        }
        return !(isRedis ? HOSTS : USER_AND_HOSTS).matcher(before).matches();
    }

    private static boolean carriesParameter(String text) {
        Matcher parameters = PARAMETER.matcher(text);
        while (parameters.find()) {
            String name = parameters.group(1).toLowerCase(Locale.ROOT);
            if (name.contains("password") || name.contains("passwd") || name.contains("secret")) {
                return text.indexOf(':') >= 0;
            }
        }
        return false;
    }
}
