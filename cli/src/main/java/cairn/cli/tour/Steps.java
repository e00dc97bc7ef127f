package cairn.cli.tour;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The steps of the walk, in their order. Each can be taken alone: what it needs from earlier ones is made without a word. */
public final class Steps {
    private interface Step {
        void on(Stage stage) throws IOException;
    }

    private record Named(String title, Step step) {}

    private static final List<Named> ALL = List.of(
            new Named("a process with a mount namespace of its own", Steps::namespace),
            new Named("a file system that only this process sees", Steps::privateMount),
            new Named("the same process from both sides", Steps::bothSides),
            new Named("a root directory made by hand", Steps::chroot),
            new Named("another root, and what is still shared", Steps::stillShared),
            new Named("directories laid over one another", Steps::union),
            new Named("an image is a pile of such directories", Steps::image),
            new Named("a container: one more layer on the pile, and a process in it", Steps::container),
            new Named("the mount that joins the layers", Steps::overlay),
            new Named("from short link to layer to file", Steps::links));

    private Steps() {}

    public static int count() {
        return ALL.size();
    }

    /** Plays the step with this number, from 1. */
    public static void play(int number, Stage stage) throws IOException {
        Named named = ALL.get(number - 1);
        stage.title(number, named.title());
        named.step().on(stage);
    }

    private static void namespace(Stage stage) throws IOException {
        stage.say("Every process belongs to a mount namespace: its own view of what is mounted. This is ours:");
        stage.shell("readlink /proc/self/ns/mnt");
        stage.say(
                "Now the same question from a shell that starts in a new mount namespace, and ends with exit code 7:");
        int status = stage.cairn(
                "lab",
                "ns",
                "sh",
                "-c",
                "echo inside the container; readlink /proc/self/ns/mnt; ls -Cd /etc /home /tmp; exit 7");
        stage.shell("echo exit code: " + status);
        stage.seen("The number differs, so the namespace is a new one; yet the files are the same, because a new mount"
                + " namespace starts as a copy of the old one.");
    }

    private static void privateMount(Stage stage) throws IOException {
        stage.say("What is on /tmp here:");
        stage.shell("grep -c ' /tmp ' /proc/mounts; ls /tmp | wc -l");
        stage.say("In a new namespace with private mounts, an empty file system in memory goes over /tmp:");
        stage.cairn(
                "lab", "ns", "--private", "--tmpfs", "/tmp", "sh", "-c", "grep ' /tmp ' /proc/mounts; ls /tmp | wc -l");
        stage.say("And here, afterwards:");
        stage.shell("grep -c ' /tmp ' /proc/mounts; ls /tmp | wc -l");
        stage.seen(
                "The mount existed in the new namespace only: the host's mount table and its /tmp are what they were.");
    }

    private static void bothSides(Stage stage) throws IOException {
        stage.say("In a new pid namespace the command is process 1. Only /proc is still the host's, and tells the other"
                + " side of the story:");
        stage.cairn(
                "lab",
                "ns",
                "--pid",
                "sh",
                "-c",
                "read host name state parent rest < /proc/self/stat; echo in here I am $$, out there $host; ps -o pid,ppid,args -p"
                        + " $host,$parent");
        stage.seen(
                "One process with two numbers: an ordinary one on the host, where its parent is the small program that started"
                        + " it, and 1 in its own pid namespace.");
    }

    private static void chroot(Stage stage) throws IOException {
        stage.say("A program needs its libraries. These are the ones of bash:");
        stage.shell("ldd $(command -v bash)");
        stage.say(
                "Cairn reads the same from the programs themselves, copies everything, and calls the result an image:");
        stage.needImage(true);
        stage.say("Unpacked, it is a directory; and with chroot, that directory is the root of a shell:");
        unpack(stage);
        stage.shell("find rootfs -type f -not -path '*terminfo*' | sort");
        stage.cairn("lab", "chroot", rootfs(stage), "/bin/bash", "-c", "echo root is now:; ls -C /");
        stage.seen("The shell sees nothing above that directory: this is all that a root file system is.");
    }

    private static void stillShared(Stage stage) throws IOException {
        unpack(stage);
        stage.say(
                "Any image's file system can be entered in this way. The files are its own, everything else is still the host's:");
        stage.cairn("lab", "chroot", rootfs(stage), "/bin/sh", "-c", "echo host name: $(hostname), my pid: $$");
        stage.shell("hostname");
        stage.seen(
                "chroot changes the root and nothing else; host name, processes and network are shared, which is what the"
                        + " namespaces of step 1 are for.");
    }

    private static String rootfs(Stage stage) {
        return stage.directory().resolve("rootfs").toString();
    }

    private static void unpack(Stage stage) {
        if (!Files.exists(Path.of(rootfs(stage)))) {
            stage.needImage(false);
            stage.cairn("image", "unpack", stage.image(), rootfs(stage));
        }
    }

    private static void union(Stage stage) throws IOException {
        String a = stage.directory().resolve("A").toString();
        String b = stage.directory().resolve("B").toString();
        String c = stage.directory().resolve("C").toString();
        stage.say("Two directories with a file of the same name, and an empty one:");
        stage.shell(
                "mkdir A B C; echo one > A/t1.txt; echo two, from A > A/t2.txt; echo two, from B > B/t2.txt; echo three > B/t3.txt");
        stage.undoWith("lab", "union", "--undo", c);
        stage.cairn("lab", "union", a, b, "--at", c);
        stage.shell("ls -C C; cat C/t2.txt");
        stage.seen("C shows the files of both, and where both have one, that of the first branch.");
        stage.say("Now we write to C:");
        stage.shell("echo changed > C/t3.txt; cat B/t3.txt A/t3.txt");
        stage.shell("rm C/t2.txt; ls -C C; ls -l A B");
        stage.seen(
                "B is untouched: the changed file was copied up to A, and the removed one is hidden by a marker in A, a character"
                        + " device 0,0 called whiteout.");
        stage.cairn("lab", "union", "--undo", c);
        stage.shell("ls C | wc -l");
    }

    private static void image(Stage stage) throws IOException {
        stage.needImage(false);
        stage.say("Where the image's top layer is, as 'docker inspect' says it, and the digests of all its layers:");
        stage.cairn("inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", stage.image());
        stage.cairn("inspect", "-f", "{{json .RootFS}}", stage.image());
        stage.shell("ls -C " + stage.ask("inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", stage.image()));
        stage.seen("A layer is a plain directory; the image names its layers by the digest of their content.");
    }

    private static void container(Stage stage) throws IOException {
        stage.say("A container of that image, with a terminal, in the background:");
        stage.needContainer(true);
        stage.cairn("ps", "--filter", "name=" + stage.container());
        stage.cairn("top", stage.container());
        stage.say("Its layers, the one of its own first:");
        stage.cairn("inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", stage.container());
        stage.cairn("inspect", "-f", "{{.GraphDriver.Data.LowerDir}}", stage.container());
        stage.say("It writes a file:");
        stage.cairn("exec", stage.container(), "sh", "-c", "echo hello > /written-inside; ls -C /");
        stage.shell("ls " + stage.ask("inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", stage.container()));
        stage.seen(
                "On top of the image's layers lie two more: '-init' with the mount points that every container has, and one of"
                        + " its own, which now holds the file.");
    }

    private static void overlay(Stage stage) throws IOException {
        stage.needContainer(false);
        String pid = stage.ask("inspect", "-f", "{{.State.Pid}}", stage.container());
        stage.say("The first line of the container's mount table:");
        stage.shell("grep ' / overlay' /proc/" + pid + "/mounts");
        stage.seen(
                "lowerdir lists the image's layers and the -init layer by short links, the topmost first; upperdir takes all"
                        + " writes. It is the union of step 6, for a whole root file system.");
    }

    private static void links(Stage stage) throws IOException {
        stage.needContainer(false);
        stage.say("Each short link leads to a layer's directory:");
        String upper = stage.ask("inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", stage.container());
        Path layers = Path.of(upper).getParent();
        Path home = layers == null ? null : layers.getParent();
        if (home != null) {
            for (String layer : lowerLayers(stage)) {
                Path link = Path.of(layer).resolveSibling("link");
                String name = Files.readString(link).strip();
                stage.shell("readlink " + home.resolve("l").resolve(name) + "; ls -C " + layer);
            }
        }
        stage.say("The same, and everything else, in one picture:");
        stage.cairn("explain", stage.container());
        stage.cairn("explain", stage.container(), "/bin/bash");
        stage.seen(
                "From a name in the container one can follow every file to the layer, the directory and the instruction that"
                        + " it came from.");
    }

    private static List<String> lowerLayers(Stage stage) {
        String lower = stage.ask("inspect", "-f", "{{.GraphDriver.Data.LowerDir}}", stage.container());
        List<String> layers = new ArrayList<>();
        int start = 0;
        for (int colon = lower.indexOf(':'); colon >= 0; colon = lower.indexOf(':', start)) {
            layers.add(lower.substring(start, colon));
            start = colon + 1;
        }
        layers.add(lower.substring(start));
        return layers;
    }
}
