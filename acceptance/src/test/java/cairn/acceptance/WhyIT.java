package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Why a container has ended, in words and in fields. */
final class WhyIT {
    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker does not say");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private static String run(String name, String... words) {
        List<String> command = new java.util.ArrayList<>(List.of("run", "-d", "--network", "none", "--name", name));
        command.addAll(List.of(words));
        return docker.run(command.toArray(String[]::new)).out();
    }

    private static String why(String name) {
        return daemon.cairn("why", name).ok().out().replaceAll("\\s+", " ").strip();
    }

    private static void awaitEnd(String name) {
        docker.ok("wait", name);
    }

    @Test
    void endsOfItsOwn() {
        run("done", "busybox", "true");
        run("failed", "busybox", "sh", "-c", "echo first; echo no such table: users >&2; exit 3");
        run("faulty", "busybox", "sh", "-c", "kill -SEGV $$; sleep 9");
        awaitEnd("done");
        awaitEnd("failed");
        assertThat(why("done")).startsWith("done ended with code 0 at ").contains("It had done its work");
        assertThat(why("failed"))
                .contains("failed ended with code 3 at ")
                .contains("The program ended by itself.")
                .endsWith("The end of its log: \"first\" / \"no such table: users\"");
        assertThat(why("done")).doesNotContain("log");
        docker.ok("create", "--name", "fresh", "busybox", "true");
        assertThat(why("fresh")).isEqualTo("fresh has never been started.");
        docker.ok("rm", "-f", "done", "failed", "faulty", "fresh");
    }

    @Test
    void signalsAndWhoSentThem() {
        run("stopped", "busybox", "sleep", "1000");
        docker.ok("stop", "-t", "1", "stopped");
        assertThat(why("stopped"))
                .contains("stopped ended with code 137 at ")
                .contains("Somebody's stop sent it SIGTERM at ")
                .contains("It did not end within 1 second, so stop sent it SIGKILL at ")
                .contains("SIGKILL ended it.");
        run("killed", "busybox", "sleep", "1000");
        docker.ok("kill", "killed");
        assertThat(why("killed"))
                .contains("Somebody's kill sent it SIGKILL at ")
                .contains("SIGKILL ended it.");
        assertThat(daemon.api().get("/v1.51/containers/killed/json").text())
                .contains("\"CairnCause\":{\"Signal\":9,\"OOMKills\":0,\"Unseen\":false,\"Requests\":[{\"Time\":\"");
        run("outside", "busybox", "sleep", "1000");
        Command.run("kill", "-KILL", docker.inspect("outside", "{{.State.Pid}}"))
                .ok();
        awaitEnd("outside");
        assertThat(why("outside")).contains("SIGKILL ended it, which nobody has sent through this engine");
        assertThat(docker.inspect("outside", "{{.State.ExitCode}}")).isEqualTo("137");
        docker.ok("rm", "-f", "stopped", "killed", "outside");
    }

    @Test
    void memory() {
        run("greedy", "-m", "16m", "--memory-swap", "16m", "busybox", "sh", "-c", "x=a; while :; do x=$x$x; done");
        awaitEnd("greedy");
        assertThat(why("greedy")).contains("The kernel killed 1 process of it for want of memory: it may have 16 MiB.");
        docker.ok("rm", "-f", "greedy");
    }

    @Test
    void programsThatCannotRun() throws IOException {
        run("nowhere", "busybox", "/no/where");
        assertThat(why("nowhere"))
                .startsWith("nowhere has never run. Its last start failed: exec: \"/no/where\"")
                .contains("There is no file /no/where in the container.");
        run("lost", "busybox", "frobnicate");
        assertThat(why("lost"))
                .contains("None of the directories of its PATH (")
                .contains("has a program of this name.");
        Path work = TestDaemon.newDirectory();
        Path top = Files.createDirectories(work.resolve("top"));
        Files.writeString(top.resolve("script"), "#!/usr/bin/perl -w\nprint 1;\n");
        Files.writeString(top.resolve("windows"), "#!/bin/sh\r\necho x\r\n");
        Files.writeString(top.resolve("plain"), "just text\n");
        Files.writeString(top.resolve("closed"), "#!/bin/sh\n");
        Files.copy(Path.of("/bin/ls"), top.resolve("glibc"));
        byte[] foreign = Files.readAllBytes(Path.of("/bin/ls"));
        foreign[18] = (byte) 243;
        foreign[19] = 0;
        Files.write(top.resolve("foreign"), foreign);
        Command.run("sh", "-c", "chmod 755 " + top + "/*; chmod 644 " + top + "/closed")
                .ok();
        Path busybox = Images.busyboxTar(Files.createDirectories(work.resolve("bb")));
        Path archive = Images.archive(
                work, "odd:1", "\"Cmd\":[\"sh\"]", List.of(busybox, Images.tar(top, work.resolve("top.tar"))));
        docker.ok("load", "-i", archive.toString());
        TestDaemon.deleteTree(work);
        for (String program : List.of("script", "windows", "plain", "closed", "glibc", "foreign")) {
            run("odd-" + program, "odd:1", "/" + program);
        }
        assertThat(why("odd-script"))
                .contains("/script is a script for /usr/bin/perl, which the container does not have.");
        assertThat(why("odd-windows")).contains("ends with a carriage return");
        assertThat(why("odd-closed")).contains("/closed has mode 0644: it is not executable.");
        assertThat(why("odd-glibc"))
                .contains("/glibc needs the loader /lib64/ld-linux-x86-64.so.2, which the container does not have");
        assertThat(why("odd-foreign")).contains("/foreign is a program for riscv64, and this machine is x86_64.");
        assertThat(why("odd-plain")).contains("/plain is no program that the kernel knows");
        docker.ok(
                "rm",
                "-f",
                "nowhere",
                "lost",
                "odd-script",
                "odd-windows",
                "odd-plain",
                "odd-closed",
                "odd-glibc",
                "odd-foreign");
        docker.ok("rmi", "odd:1");
    }

    @Test
    void healthRestartsAndUnseenEnds() throws IOException {
        run(
                "ill",
                "--health-cmd",
                "echo database is gone; exit 1",
                "--health-interval",
                "100ms",
                "--health-retries",
                "1",
                "busybox",
                "sleep",
                "1000");
        Wait.until(
                Command.PATIENCE,
                () -> why("ill"),
                () -> why("ill").contains("in a row; the last said: \"database is gone\""));
        run("loop", "--restart", "on-failure:2", "busybox", "sh", "-c", "exit 6");
        Wait.until(
                Command.PATIENCE,
                () -> why("loop"),
                () -> why("loop").contains("loop ended with code 6")
                        && why("loop").contains("started it again 2 times."));
        String id = run("orphan", "busybox", "sleep", "1000").strip();
        String shim = Files.readString(daemon.execRoot()
                        .resolve("c")
                        .resolve(id.substring(0, 20))
                        .resolve("pid"))
                .split(" ")[2];
        Command.run("kill", "-KILL", shim).ok();
        awaitEnd("orphan");
        assertThat(why("orphan")).contains("Nobody saw its end: its monitor was killed, or the machine went down.");
        docker.ok("rm", "-f", "ill", "loop", "orphan");
    }
}
