package dev.wellhead.cli;

import java.nio.file.Path;

/** One run of the program: what its commands share. */
final class Session {
    private final Surroundings surroundings;
    private final Settings settings;
    private final GlobalOptions options;
    private final ProgressBar progress;

    Session(Surroundings surroundings, Settings settings, GlobalOptions options) {
        this.surroundings = surroundings;
        this.settings = settings;
        this.options = options;
        this.progress = new ProgressBar(surroundings);
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Settings settings() {
        return settings;
    }

    /** Returns where results go; only once the options are read. */
    Screen screen() {
        return new Screen(surroundings, options.json, progress::close);
    }

    /** Returns the line for progress, to be closed when there is no more. */
    ProgressBar progress() {
        return progress;
    }

    /** Returns the path, relative ones as seen from where the program was started. */
    Path path(Path given) {
        return surroundings.directory().resolve(given).normalize();
    }

    /** Returns the path as a person sees it from where the program was started: relative if it is below. */
    Path shown(Path path) {
        Path here = surroundings.directory().normalize();
        return path.startsWith(here) ? here.relativize(path) : path;
    }
}
