package dev.wellhead.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Turns what the libraries tell a programmer to call into what a person types here. Pure. */
final class CommandWords {
    private static final Map<Pattern, String> WORDS = words();

    private CommandWords() {}

    /** Returns the message with commands in the place of calls. */
    static String in(String message) {
        String text = message;
        for (Map.Entry<Pattern, String> word : WORDS.entrySet()) {
            text = word.getKey().matcher(text).replaceAll(word.getValue());
        }
        return text;
    }

    private static Map<Pattern, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("(?:history\\(\\)\\.)?resumeAfter\\(\"([^\"]*)\"\\)", "wellhead migrate resume $1 --done");
        words.put("(?:history\\(\\)\\.)?resume\\(\"([^\"]*)\"\\)", "wellhead migrate resume $1");
        words.put("(?:history\\(\\)\\.)?markApplied\\(\"([^\"]*)\"\\)", "wellhead migrate mark $1 --applied");
        words.put("(?:history\\(\\)\\.)?markPending\\(\"([^\"]*)\"\\)", "wellhead migrate mark $1 --pending");
        words.put("(?:history\\(\\)\\.)?markApplied\\(\\.\\.\\.\\)", "wellhead migrate mark VERSION --applied");
        words.put("history\\(\\)\\.baseline\\(\"([^\"]*)\"\\)", "wellhead migrate baseline $1");
        words.put("history\\(\\)\\.baseline\\(\\.\\.\\.\\)", "wellhead migrate baseline VERSION");
        words.put("history\\(\\)\\.importFrom\\(ForeignHistory\\.(\\w+)\\)", "wellhead migrate import $1");
        words.put("\\brollback\\((\\d+)\\)", "wellhead migrate down --steps $1");
        words.put("\\bmigrate\\(\\)", "wellhead migrate up");
        words.put("\\bstatus\\(\\)", "wellhead migrate status");
        words.put("\\bvalidate\\(\\)", "wellhead migrate verify");
        words.put("\\brepair\\(\\)", "wellhead migrate repair");
        words.put("\\bstoreSnapshot\\(\\)", "wellhead migrate drift --accept");
        words.put("\\bhistoryTable\\(\\.\\.\\.\\)", "--history-table");
        words.put("\\boutOfOrder\\(\\)", "--out-of-order");
        words.put("\\bbesideOtherHistories\\(\\)", "--beside-other-histories");
        words.put("\\blockWait\\b", "--lock-wait");
        words.put("\\blockTimeout\\b", "--lock-timeout");
        words.put("\\blockRetry\\b", "--lock-retry");
        words.put("with scratch\\(\\.\\.\\.\\)", "with --url and --user");
        words.put("\\blist\\(\\)", "wellhead backup list");
        words.put("\\bRestoreTarget\\.newDatabase, emptyDatabase or replacingDatabase", "--to-database");
        words.put("\\bRestoreTarget\\.file or replacingFile", "--to-file");
        words.put("\\bRestoreTarget\\.replacingFile", "--replace --token");
        words.put("\\bRestoreTarget\\.file", "--to-file");
        words.put("pass the token '([^']*)'", "pass --token '$1'");
        words.put("is kept under another name, pass '([^']*)'", "is kept under another name, pass --token '$1'");
        words.put(
                "is then kept under another name, pass '([^']*)'",
                "is then kept under another name, pass --token '$1'");
        words.put("call (wellhead )", "run $1");
        words.put("\\bClosedByInterruptException\\b", "interrupted");
        Map<Pattern, String> compiled = new LinkedHashMap<>();
        words.forEach((call, command) -> compiled.put(Pattern.compile(call), command));
        return compiled;
    }
}
