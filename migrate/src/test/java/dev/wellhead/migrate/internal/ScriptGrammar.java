package dev.wellhead.migrate.internal;

import dev.wellhead.jdbc.internal.Dialect;
import java.util.List;
import java.util.Random;

/** Writes scripts at random that a database accepts, full of semicolons and quotes where they end nothing. */
final class ScriptGrammar {
    private final Random random;
    private final boolean postgres;
    private int names;

    ScriptGrammar(Random random, Dialect dialect) {
        this.random = random;
        this.postgres = dialect == Dialect.POSTGRESQL;
    }

    String script() {
        StringBuilder script = new StringBuilder(gap());
        int statements = random.nextInt(6);
        for (int i = 0; i < statements; i++) {
            script.append(statement()).append(gap());
            // The last one may go without.
            script.append(i == statements - 1 && random.nextInt(3) == 0 ? "" : ";")
                    .append(gap());
        }
        return script.toString();
    }

    private String statement() {
        return switch (random.nextInt(postgres ? 7 : 5)) {
            case 0, 1 -> insert("t");
            case 2 -> "select" + space() + expression();
            case 3 -> postgres ? rule() : trigger();
            case 4 -> "update" + space() + "t set a" + space() + "=" + space() + expression() + space() + "where false";
            case 5 -> function();
            default -> "do" + space() + dollar("begin perform 1; /* ' */ if true then null; end if; end");
        };
    }

    private String insert(String table) {
        return "insert" + space() + "into " + table + gap() + " values" + space() + "(" + expression() + ")" + gap();
    }

    private String rule() {
        return "create or replace rule r" + space() + "as on delete to t do also (" + insert("r") + ";" + gap()
                + insert("r") + ")";
    }

    private String function() {
        names++;
        String body = random.nextBoolean()
                ? "as" + space() + dollar("select 'a;b' -- ;\n")
                : "begin" + space() + "atomic" + gap() + " select case when true then " + expression() + " else "
                        + expression() + " end;" + gap() + " select" + space() + expression() + " as \"end\";" + gap()
                        + "end";
        return "create or replace function f()" + space() + "returns text language sql" + space() + body;
    }

    private String trigger() {
        String temp = random.nextInt(3) == 0 ? "temp " : "";
        names++;
        return "create " + temp + "trigger if not exists" + space() + "tr" + names + space() + "after insert on t begin"
                + space() + insert("r") + ";" + gap() + " update r set a = case when a then " + expression()
                + " else 'end;' end;" + gap() + "end";
    }

    private String dollar(String body) {
        String tag = pick(List.of("$$", "$a$", "$_b1$", "$end$", "$é$"));
        return tag + body + tag;
    }

    private String expression() {
        StringBuilder expression = new StringBuilder(atom());
        for (int i = random.nextInt(3); i > 0; i--) {
            expression.append(space()).append("||").append(space()).append(atom());
        }
        return expression.toString();
    }

    private String atom() {
        if (random.nextInt(6) == 0) {
            return "(" + space() + atom() + ")";
        }
        if (random.nextInt(8) == 0) {
            return "case when true then " + atom() + space() + "else" + space() + atom() + " end";
        }
        return postgres
                ? pick(List.of(
                        "'x;''y'",
                        "'\\'",
                        "E'\\';\\\\'",
                        "E'a'\n 'b\\';'",
                        "e'--'",
                        "U&'\\0041;'",
                        "N'n;'",
                        "$$;'$$",
                        "$t$ $$;$x$ $t$",
                        "$été$;$été$",
                        "(select 1 as \"q;\"\"q\")::text",
                        "('{\"a;\": 1}'::jsonb ? 'a')::text",
                        "(select a$b$c from (select ';' as a$b$c) x)",
                        "'a'\n';b'",
                        "B'01'::text",
                        "1.5e3::text",
                        "(5 -(-1))::text",
                        "(array[';',')'])[1]",
                        "'/* '"))
                : pick(List.of(
                        "'x;''y'",
                        "'\\'",
                        "(select 1 as \"q;\"\"q\")",
                        "(select 1 as `b;``b`)",
                        "(select 1 as [c;d])",
                        "x'00'",
                        "'/* '",
                        "(5 - -1)",
                        "'--'",
                        "(select 1 as end_)",
                        "1.5e3"));
    }

    private String space() {
        return pick(List.of(
                " ",
                "\n",
                "\t",
                "\r\n",
                "\f",
                " /* ; ' \" $$ */ ",
                " -- it's; a \"comment $$\n",
                postgres ? " /* /* ; */ ' */ " : " /* /* ; ' */ ",
                "/**/",
                "/***/ "));
    }

    private String gap() {
        return switch (random.nextInt(5)) {
            case 0 -> "";
            case 1 -> space() + space();
            default -> space();
        };
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
