package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.practice.ComposeFile.Port;
import dev.wellhead.examples.labs.practice.ComposeFile.Service;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;

/** A compose file that starts, and that one does not want to have started. */
public final class ComposeFileLab implements Lab {
    @Override
    public String name() {
        return "compose-file";
    }

    @Override
    public Level level() {
        return Level.PRACTICE;
    }

    @Override
    public void play(Scene scene) throws Exception {
        ComposeFile file = ComposeFile.parse(Files.readString(scene.exercise("compose.yaml")));
        scene.heading("what it says, with no variable set");
        file.services().forEach(service -> show(scene, service));

        ComposeRules rules = new ComposeRules(file);
        judge(
                scene,
                "images name the version that runs",
                rules.images(),
                "the next pull may bring another major version, which does not read the data of the one before");
        judge(
                scene,
                "the data outlive the container: named volumes, where the programs keep them",
                rules.data(),
                "the image's page says where that is; PostgreSQL has moved with version 18");
        judge(
                scene,
                "servers have healthchecks, and services start behind them",
                rules.health(),
                "depends_on alone waits for a process, not for a server that answers");
        judge(
                scene,
                "passwords come from files, and are nowhere else",
                rules.secrets(),
                "the environment is open to docker inspect and to every child process; images know *_FILE");
        judge(
                scene,
                "ports are published on this machine only, or not at all",
                rules.ports(),
                "services reach each other by name without it; docker's rules come before those of a firewall");
    }

    private static void show(Scene scene, Service service) {
        scene.say("   %s: %s", service.name(), service.image().isEmpty() ? "built here" : service.image());
        service.mounts().forEach(mount -> scene.say("      %s is %s", mount.target(), mount.source()));
        if (!service.ports().isEmpty()) {
            scene.say(
                    "      publishes %s",
                    service.ports().stream().map(Port::text).collect(Collectors.joining(", ")));
        }
        if (!service.secrets().isEmpty()) {
            scene.say("      reads %s", String.join(", ", service.secrets().values()));
        }
        if (!service.startsBehind().isEmpty()) {
            scene.say(
                    "      starts behind %s",
                    String.join(", ", service.startsBehind().stream().sorted().toList()));
        }
    }

    private static void judge(Scene scene, String what, List<String> problems, String hint) {
        scene.goal(what, problems.isEmpty(), String.join("\n", problems) + "\n" + hint);
    }
}
