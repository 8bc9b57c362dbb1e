package dev.wellhead.examples.labs;

/** One problem: a scene that goes wrong until its exercise is mended. Stateless. */
public interface Lab {
    /** Returns what {@code ./lab} is given, and the folder of its files: lower case with hyphens. */
    String name();

    /** Returns where it stands in the course. */
    Level level();

    /**
     * Plays the scene with the exercise as it stands: shows what happens, and tells the scene what is as it should be. With
     * the exercise as handed out each {@link Scene#fact} holds and at least one {@link Scene#goal} does not; with the
     * solution all of them do.
     *
     * @throws ExerciseException if the exercise cannot be used as it is, with what to mend
     */
    void play(Scene scene) throws Exception;
}
