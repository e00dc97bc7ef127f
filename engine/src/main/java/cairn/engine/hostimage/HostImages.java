package cairn.engine.hostimage;

import cairn.engine.error.Problem;
import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.engine.store.DataRoot;
import cairn.oci.ImageConfig;
import cairn.oci.InvalidReferenceException;
import cairn.oci.Reference;
import cairn.oci.RunConfig;
import cairn.oci.tar.TarWriter;
import cairn.wire.lab.FromHostResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes images of this machine's programs. */
public final class HostImages {
    /** What an image gets when no program is named: a shell, the GNU coreutils, and what one looks around a container with. */
    public static final List<String> USUAL_PROGRAMS = List.of(
            "bash",
            "sh",
            "[",
            "arch",
            "base32",
            "base64",
            "basename",
            "cat",
            "chgrp",
            "chmod",
            "chown",
            "chroot",
            "cksum",
            "comm",
            "cp",
            "csplit",
            "cut",
            "date",
            "dd",
            "df",
            "dir",
            "dircolors",
            "dirname",
            "du",
            "echo",
            "env",
            "expand",
            "expr",
            "factor",
            "false",
            "fmt",
            "fold",
            "groups",
            "head",
            "hostid",
            "id",
            "install",
            "join",
            "kill",
            "link",
            "ln",
            "logname",
            "ls",
            "md5sum",
            "mkdir",
            "mkfifo",
            "mknod",
            "mktemp",
            "mv",
            "nice",
            "nl",
            "nohup",
            "nproc",
            "numfmt",
            "od",
            "paste",
            "pathchk",
            "pr",
            "printenv",
            "printf",
            "pwd",
            "readlink",
            "realpath",
            "rm",
            "rmdir",
            "seq",
            "sha1sum",
            "sha256sum",
            "sha512sum",
            "shred",
            "shuf",
            "sleep",
            "sort",
            "split",
            "stat",
            "stdbuf",
            "stty",
            "sum",
            "sync",
            "tac",
            "tail",
            "tee",
            "test",
            "timeout",
            "touch",
            "tr",
            "true",
            "truncate",
            "tsort",
            "tty",
            "uname",
            "unexpand",
            "uniq",
            "unlink",
            "users",
            "wc",
            "who",
            "whoami",
            "yes",
            "ps",
            "grep",
            "sed",
            "awk",
            "find",
            "mount",
            "umount",
            "hostname",
            "ip");

    private static final List<String> ROOT_LINKS = List.of("/bin", "/sbin", "/lib", "/lib64");

    private final DataRoot root;
    private final Layers layers;
    private final Images images;
    private final Clock clock;
    private final String engineVersion;

    /** @param engineVersion for {@code docker_version} in the images' configs */
    public HostImages(DataRoot root, Layers layers, Images images, Clock clock, String engineVersion) {
        this.root = root;
        this.layers = layers;
        this.images = images;
        this.clock = clock;
        this.engineVersion = engineVersion;
    }

    /**
     * Makes an image of one layer. The same programs of the same machine give the same layer.
     *
     * @param reference name to put on it, {@code latest} where it has no tag; empty for none
     * @param programs names or absolute paths; none takes those of {@link #USUAL_PROGRAMS} that are there
     * @throws cairn.engine.error.EngineException InvalidParameter for a program that is missing or cannot be taken, DiskFull
     */
    public FromHostResponse fromHost(String reference, List<String> programs) {
        Reference name = reference.isEmpty() ? null : parse(reference);
        try {
            return make(name, programs);
        } catch (IOException e) {
            throw new Problem.Internal("make image of host programs: " + e.getMessage()).exception(e);
        }
    }

    private static Reference parse(String text) {
        try {
            return Reference.parseNormalized(text).withDefaultTag();
        } catch (InvalidReferenceException e) {
            throw new Problem.InvalidParameter(String.valueOf(e.getMessage())).exception(e);
        }
    }

    private FromHostResponse make(@Nullable Reference name, List<String> asked) throws IOException {
        HostFiles files = new HostFiles();
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        ProgramFiles programs = new ProgramFiles(files, Libraries.ofHost(), path);
        List<String> names = new ArrayList<>();
        List<String> found = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String program : asked.isEmpty() ? USUAL_PROGRAMS : asked) {
            Path at = programs.locate(program);
            if (at != null) {
                programs.add(at);
                names.add(asked.isEmpty() ? program : String.valueOf(at.getFileName()));
                found.add(at.toString());
            } else if (asked.isEmpty()) {
                missing.add(program);
            } else {
                boolean other = program.startsWith("/") && Files.exists(Path.of(program));
                throw new Problem.InvalidParameter(
                                (other ? "no program that can be run: " : "no such program on this machine: ")
                                        + program)
                        .exception();
            }
        }
        programs.addCompanions();
        addRoot(files);
        Image image = create(files, names, programs.searchPath(), name);
        return new FromHostResponse(
                image.id().toString(),
                name == null ? "" : name.familiar(),
                found,
                missing,
                files.count(),
                programs.libraryCount(),
                files.size());
    }

    /** The frame of a root: links such as the host's between /bin and /usr/bin, places to mount on, and who root is. */
    private static void addRoot(HostFiles files) {
        for (String link : ROOT_LINKS) {
            if (Files.isSymbolicLink(Path.of(link)) && Files.isDirectory(Path.of(link))) {
                files.add(Path.of(link));
            }
        }
        for (String directory : List.of("/dev", "/etc", "/proc", "/run", "/sys", "/var")) {
            files.directory(directory, 0755);
        }
        files.directory("/root", 0700);
        files.directory("/tmp", 01777);
        boolean bash = files.has(Path.of("/usr/bin/bash")) || files.has(Path.of("/bin/bash"));
        files.text(
                "/etc/passwd",
                "root:x:0:0:root:/root:" + (bash ? "/bin/bash" : "/bin/sh")
                        + "\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
        files.text("/etc/group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n");
        files.text("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
    }

    private Image create(HostFiles files, List<String> programs, String path, @Nullable Reference name)
            throws IOException {
        Layer layer = unpack(files);
        Instant now = clock.instant();
        String command = programs.contains("bash") ? "bash" : programs.getFirst();
        RunConfig config = RunConfig.empty().withEnv(List.of("PATH=" + path)).withCmd(List.of(command));
        String instruction = "from-host " + String.join(" ", programs);
        ImageConfig made = ImageConfig.create(new ImageConfig.Content(
                now,
                null,
                System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64",
                null,
                "linux",
                null,
                config,
                null,
                List.of(layer.diffId()),
                List.of(new ImageConfig.History(now, instruction, null, null, false)),
                null,
                engineVersion,
                null,
                null));
        return images.create(made, null, name);
    }

    /** Through a file, since the layer may be larger than memory should be. */
    private Layer unpack(HostFiles files) throws IOException {
        Path spool = Files.createTempFile(root.tmp(), "from-host-", ".tar");
        try {
            try (TarWriter tar = new TarWriter(new BufferedOutputStream(Files.newOutputStream(spool), 1 << 16))) {
                files.write(tar);
            }
            try (InputStream tar = Files.newInputStream(spool)) {
                return layers.unpack(null, tar, null);
            }
        } finally {
            Files.deleteIfExists(spool);
        }
    }
}
