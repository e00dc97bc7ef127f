package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.wire.lab.NamespacesRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code cairn lab ns}. */
public final class Namespaces implements Verb {
    private static final List<String> KINDS = List.of("mount", "pid", "net", "uts", "ipc", "cgroup");

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("m,mount", "New mount namespace; also when no other is asked for")
                .bool("p,pid", "New pid namespace: the command is process 1 in there")
                .bool("n,net", "New network namespace, with nothing but a loopback interface")
                .bool("u,uts", "New uts namespace: a host name of its own")
                .bool("i,ipc", "New ipc namespace")
                .bool("C,cgroup", "New cgroup namespace")
                .bool("private", "Keep mounts that are made inside away from the host")
                .of(Kind.LIST, "tmpfs", "Mount an empty file system in memory on this directory; may be repeated")
                .text("hostname", "Host name inside; needs --uts");
        return Usage.before("[COMMAND] [ARG...]", 0, flags).with("""
                        Runs the command, or a shell, in new namespaces and with everything else as it is: the same files,
                        user and terminal. Its exit code comes back.

                        Examples:
                          cairn lab ns bash                                a shell that only has its own mount table
                          cairn lab ns --private --tmpfs /tmp ls /tmp      an empty /tmp that the host does not see
                          cairn lab ns --pid --mount sh -c 'echo $$'       process 1""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        List<String> kinds = new ArrayList<>();
        for (String kind : KINDS) {
            if (given.on(kind)) {
                kinds.add(kind);
            }
        }
        List<String> tmpfs = new ArrayList<>();
        for (String directory : given.texts("tmpfs")) {
            tmpfs.add(LabRun.absolute(directory));
        }
        boolean mounts = !tmpfs.isEmpty() || given.on("private");
        if (kinds.isEmpty() || (mounts && !kinds.contains("mount"))) {
            kinds.addFirst("mount");
        }
        NamespacesRequest request = new NamespacesRequest(
                kinds,
                given.on("private"),
                tmpfs,
                given.positionals(),
                LabRun.environment(session),
                LabRun.absolute(""),
                given.text("hostname"));
        return LabRun.run(session, "ns", request);
    }
}
