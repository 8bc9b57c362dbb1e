package dev.wellhead.backup;

import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Types of PostgreSQL's columns, the last ones of the user's own, each with what is hard about its values. */
enum PostgresType {
    BOOLEAN("boolean", "true", "false"),
    SMALLINT("smallint", "-32768", "0", "32767"),
    INTEGER("integer", "-2147483648", "0", "-1", "2147483647"),
    BIGINT("bigint", "-9223372036854775808", "9223372036854775807"),
    REAL("real", "NaN", "-0", "0", "infinity", "-infinity", "1e-45", "3.4028235e38", "0.1"),
    DOUBLE("double precision", "NaN", "-0", "0", "infinity", "-infinity", "5e-324", "1.7976931348623157e308", "0.1"),
    NUMERIC("numeric", "NaN", "0", "0.00", "-0.00001", "1e100", "12345678901234567890.123456789"),
    SCALED("numeric(12, 4)", "99999999.9999", "-0.0001", "NaN"),
    MONEY("money", "12.34", "-0.01"),
    TEXT("text") {
        @Override
        Arbitrary<String> literals() {
            return Arbitraries.oneOf(
                    text(),
                    Arbitraries.of(
                            "", " ", "\\N", "\\.", "null", "NULL", "\t\n\r\b\f\u000b", "\\x00", "\ufeff", "e\u0301"));
        }
    },
    VARCHAR("varchar(9)", "", "a  ", "\u00fc\ud83d\ude00", "'", "\"", "{}", "(,)"),
    CHAR("char(5)", "", "a", "a  b", "abcde"),
    BYTEA("bytea", "", "\\x", "\\x00", "\\x5c", "\\xff00275c0a"),
    DATE("date", "infinity", "-infinity", "4714-11-24 BC", "0044-03-15 BC", "5874897-12-31", "2024-02-29"),
    TIME("time", "00:00", "24:00", "23:59:59.999999"),
    TIMETZ("timetz", "00:00+15:59", "24:00-15:59", "04:05:06.789+05:30"),
    TIMESTAMP("timestamp", "infinity", "-infinity", "4714-11-24 00:00:00 BC", "294276-12-31 23:59:59.999999", "epoch"),
    TIMESTAMPTZ(
            "timestamptz", "infinity", "-infinity", "0044-03-15 12:00:00+00 BC", "2026-03-29 02:30:00 Europe/Berlin"),
    INTERVAL("interval", "0", "1 mon -3 days 04:05:06.789", "-178000000 years", "1 day -24 hours", "30 days", "1 mon"),
    UUID("uuid", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    JSON("json", "null", "{\"a\":1,  \"a\":2}", "[]", "\"\\u0041\"", "1.0"),
    JSONB("jsonb", "null", "{\"a\": [1, null]}", "[]", "1.0", "1.00", "\"\\ud83d\\ude00\"", "{}"),
    XML("xml", "<a>\u00e4</a>", "text", ""),
    INET("inet", "::1/64", "10.0.0.1", "0.0.0.0/0", "fe80::1"),
    CIDR("cidr", "10.0.0.0/8", "::/0"),
    MACADDR("macaddr", "08:00:2b:01:02:03"),
    BIT("bit(7)", "0000000", "1010101"),
    VARBIT("varbit", "", "1", "010101010101"),
    POINT("point", "(1,-0)", "(NaN,Infinity)"),
    CIRCLE("circle", "<(0,0),1>", "<(1e300,-0),0>"),
    POLYGON("polygon", "((0,0),(1,1),(2,0))"),
    TSVECTOR("tsvector", "", "a:1A b:2,3", "'it''s':4"),
    TSQUERY("tsquery", "", "a & !b | (c <-> d)"),
    INT4RANGE("int4range", "empty", "(,)", "[1,5)", "[,3)"),
    NUMRANGE("numrange", "empty", "(1.0,1.00]", "[NaN,NaN]"),
    TSTZRANGE("tstzrange", "empty", "[2026-01-01 00:00:00+00,)", "[-infinity,infinity]"),
    INTEGERS("integer[]", "{}", "{null}", "{{1,2},{3,null}}", "[0:1]={7,8}", "[-1:0][2:3]={{1,2},{3,4}}"),
    TEXTS("text[]", "{}", "{\"\",null,\"null\",\"\\\\\",\"\\\"\",\"{\",\",\"}"),
    DATES("date[]", "{infinity,\"0044-03-15 BC\",null}"),
    JSONBS("jsonb[]", "{\"null\",\"[1]\",null}"),
    PG_LSN("pg_lsn", "0/0", "16/B374D848"),
    OID("oid", "0", "4294967295"),
    REGCLASS("regclass", "pg_class", "-"),
    MOOD("mood", "sad", "it's ok", "happy"),
    MOODS("mood[]", "{}", "{sad,null,\"it's ok\"}", "{{sad},{happy}}"),
    POSITIVE("positive", "1", "2147483647"),
    SHORTS("shorts", "{abc,null,\"\"}", "{}"),
    PAIR("pair", "(,)", "(1,\"\")", "(-1,\"a,b)\"\"\\\\\")"),
    PAIRS("pair[]", "{}", "{\"(1,x)\",null}"),
    SPAN("span", "empty", "(,)", "[-0,1e300)", "[NaN,NaN]");

    /** What makes the types of the user's own. */
    static final List<String> OWN = List.of(
            "create type mood as enum ('sad', 'it''s ok', 'happy')",
            "create domain positive as integer check (value > 0)",
            "create domain shorts as varchar(3)[]",
            "create type pair as (a integer, b text)",
            "create type span as range (subtype = double precision)");

    private final String sql;
    private final String[] values;

    PostgresType(String sql, String... values) {
        this.sql = sql;
        this.values = values;
    }

    /** Returns its name in SQL. */
    String sql() {
        return sql;
    }

    /** Returns values in the words in which SQL takes them. */
    Arbitrary<String> literals() {
        return Arbitraries.of(values);
    }

    /** Returns whether a primary key can be made of it. */
    boolean isPlainNumber() {
        return this == SMALLINT || this == INTEGER || this == BIGINT;
    }

    /** Returns any text that PostgreSQL can hold: all but NUL. */
    static Arbitrary<String> text() {
        return Arbitraries.strings()
                .withChars('a', '\'', '"', '\\', '%', ';', ',', '{', '}', '(', '\t', '\n', '\r', ' ', '$', '.')
                .withCharRange('\u0001', '\ud7ff')
                .withCharRange('\ue000', '\ufffd')
                .ofMaxLength(12);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
