package dev.wellhead.benchmarks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a run found.
 *
 * @param run what was run, and where
 * @param results what each scenario measured on each JDK
 * @param whole whether that is all that was to be measured
 */
record Report(Run run, List<Result> results, boolean whole) {
    /**
     * What was run, and where.
     *
     * @param set the set's name
     * @param only what the names of the scenarios that were run begin with; empty if all were
     * @param effort whether it is evidence
     * @param command as it was typed
     * @param commit what was checked out
     * @param date when it was started
     * @param machine where
     * @param jdks what the measurements ran on
     * @param versions of what was measured
     */
    record Run(
            String set,
            String only,
            Effort effort,
            String command,
            String commit,
            Instant date,
            Machine machine,
            List<Jdk> jdks,
            Map<String, String> versions) {
        /** Returns whether everything was to be measured, and long enough. */
        boolean isWholeSet() {
            return effort == Effort.FULL && only.isEmpty();
        }
    }

    /**
     * One scenario on one JDK.
     *
     * @param scenario what was asked
     * @param jdk what it ran on
     * @param rounds what was measured, one at least
     */
    record Result(Scenario scenario, Jdk jdk, List<Round> rounds) {
        /** Returns the metrics' values in all rounds, by contender, then by metric. */
        Map<String, Map<String, List<Double>>> series() {
            Map<String, Map<String, List<Double>>> series = new LinkedHashMap<>();
            for (Round round : rounds) {
                round.metrics()
                        .forEach((contender, metrics) -> metrics.forEach(
                                (metric, value) -> series.computeIfAbsent(contender, absent -> new LinkedHashMap<>())
                                        .computeIfAbsent(metric, absent -> new ArrayList<>())
                                        .add(value)));
            }
            return series;
        }

        /** Returns what the rounds say about the scenario's goals. */
        List<Judgement> judgements() {
            return scenario.goals().stream().map(goal -> goal.judge(rounds)).toList();
        }
    }

    /** Returns whether everything was measured, and long enough. */
    boolean isEvidence() {
        return whole && run.isWholeSet();
    }

    /** Returns the lines that end a run, one a goal. */
    List<String> goalLines() {
        return results.stream()
                .flatMap(result -> result.judgements().stream().map(judgement -> judgement.line(result.jdk())))
                .toList();
    }

    /** Returns everything as JSON. */
    String json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("set", run.set());
        json.put("evidence", isEvidence());
        if (run.effort() == Effort.QUICK) {
            json.put("note", "--quick: too few and too short rounds to say anything");
        }
        json.put("command", run.command());
        json.put("commit", run.commit());
        json.put("date", run.date());
        json.put(
                "machine",
                ordered(
                        "system", run.machine().system(),
                        "processor", run.machine().processor(),
                        "cores", run.machine().cores(),
                        "load", run.machine().load()));
        json.put("jdks", run.jdks());
        json.put("versions", run.versions());
        json.put(
                "goals",
                results.stream().flatMap(result -> goals(result).stream()).toList());
        json.put("measured", results.stream().map(Report::measured).toList());
        return Json.text(json);
    }

    private static List<Map<String, Object>> goals(Result result) {
        return result.judgements().stream()
                .map(judgement -> ordered(
                        "id", judgement.id(result.jdk()),
                        "value", judgement.median(),
                        "comparison", judgement.goal().comparison(),
                        "target", judgement.goal().target(),
                        "unit", judgement.goal().unit(),
                        "verdict", judgement.verdict(),
                        "rounds", judgement.values()))
                .toList();
    }

    private static Map<String, Object> measured(Result result) {
        return ordered(
                "scenario", result.scenario().name(),
                "jdk", result.jdk(),
                "contenders", result.series());
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
