package dev.wellhead.examples.labs;

/**
 * One thing that a scene looked at.
 *
 * @param what the rule, as a sentence
 * @param holds whether it is so
 * @param goal whether it is up to the learner; else it holds whatever the exercise says
 * @param hint where to look if it does not hold
 */
record Finding(String what, boolean holds, boolean goal, String hint) {}
