package dev.wellhead.redis;

import dev.wellhead.redis.RedisUnavailableException.Reason;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The errors that Redis answers with, by their first word: what each means, and what to do. */
enum ServerError {
    LOADING(Reason.REFUSED, true, "Redis is loading its data; calls go on when it is done"),
    READONLY(Reason.REFUSED, true, "this server is a replica, as after a failover; looking for the master"),
    MASTERDOWN(Reason.REFUSED, true, "this replica has lost its master; see why the master is away"),
    CLUSTERDOWN(Reason.REFUSED, true, "a part of the cluster has no master; see CLUSTER INFO"),
    OOM(Reason.REFUSED, true, "Redis is full and may evict nothing; raise maxmemory or set maxmemory-policy"),
    MISCONF(Reason.REFUSED, true, "Redis cannot save to disk and takes no writes; see its log"),
    NOREPLICAS(Reason.REFUSED, true, "Redis has too few replicas to take writes; see min-replicas-to-write"),
    BUSY(Reason.REFUSED, true, "a script of somebody's does not end; see SLOWLOG, end it with SCRIPT KILL"),
    // Passes with the move, and says nothing about the other slots.
    TRYAGAIN(Reason.REFUSED, false, "the keys are on their way to another server of the cluster; try again"),
    NOAUTH(Reason.DENIED, true, "Redis wants a password; put it into the address, or give a credentials provider"),
    WRONGPASS(Reason.DENIED, true, "Redis knows no such user with this password; mend the credentials of the address"),
    // Of this command or key alone: others may go on.
    NOPERM(Reason.DENIED, false, "the ACL user lacks a right; see docs/redis.md for those that are needed"),
    MOVED(Reason.FAILED, false, "this server belongs to a cluster; build the client with Redis.cluster"),
    CROSSSLOT(Reason.FAILED, false, "keys of one script must share a hash tag, as in {tag}a and {tag}b"),
    WRONGTYPE(Reason.FAILED, false, "something else writes under our keys; use another database or namespace"),
    OTHER(Reason.FAILED, false, "Redis works, this call does not");

    // Redis before 7 hides the code behind "ERR Error running script ...: -OOM command not allowed", and names a lost
    // permission inside a script in a sentence.
    private static final Pattern IN_SCRIPT = Pattern.compile("user_script:.*?[:\\s]-([A-Z]+)\\s");
    private static final Pattern FIRST_WORD = Pattern.compile("^([A-Z]+)\\b");

    final Reason reason;
    final boolean againstRedis;
    final String advice;

    ServerError(Reason reason, boolean againstRedis, String advice) {
        this.reason = reason;
        this.againstRedis = againstRedis;
        this.advice = advice;
    }

    static ServerError of(String message) {
        ServerError inScript = named(IN_SCRIPT.matcher(message));
        if (inScript != OTHER) {
            return inScript;
        }
        String words = message.toLowerCase(Locale.ROOT);
        if (words.contains("acl failure in script") || words.contains("the user executing the script can't")) {
            return NOPERM;
        }
        return named(FIRST_WORD.matcher(message));
    }

    private static ServerError named(Matcher code) {
        if (code.find()) {
            for (ServerError error : values()) {
                if (error != OTHER && error.name().equals(code.group(1))) {
                    return error;
                }
            }
        }
        return OTHER;
    }
}
