package cairn.cli.explain;

import cairn.wire.explain.CgroupExplanation;
import cairn.wire.explain.CgroupValue;
import cairn.wire.explain.ContainerExplanation;
import cairn.wire.explain.InterfaceExplanation;
import cairn.wire.explain.LowerExplanation;
import cairn.wire.explain.MountExplanation;
import cairn.wire.explain.NamespaceExplanation;
import cairn.wire.explain.NetworkExplanation;
import cairn.wire.explain.OptionEffect;
import cairn.wire.explain.OptionExplanation;
import cairn.wire.explain.OverlayExplanation;
import cairn.wire.explain.ProcessExplanation;
import cairn.wire.explain.SecurityExplanation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A container: its layers, the mount that joins them, and what separates its processes from the host's. */
public final class ContainerPicture {
    private ContainerPicture() {}

    public static String of(ContainerExplanation container) {
        Picture picture = new Picture();
        String name = container.name().startsWith("/") ? container.name().substring(1) : container.name();
        picture.line("Container " + name)
                .field("id", container.id())
                .field(
                        "image",
                        container.image()
                                + (container.imageId().isEmpty()
                                        ? ""
                                        : "  (" + Picture.digest(container.imageId()) + ")"))
                .field("status", container.status())
                .field("command", String.join(" ", container.command()))
                .field("pid on host", container.pid() == 0 ? "" : Integer.toString(container.pid()));
        options(picture, container.options());
        Layers.draw(picture, container.layers());
        overlay(picture, container.overlay());
        namespaces(picture, container.namespaces());
        processes(picture, container.processes(), container.ancestors());
        cgroups(picture, container.cgroups());
        network(picture, container.network());
        mounts(picture, container.mounts());
        security(picture, container.security());
        return picture.toString();
    }

    private static void options(Picture picture, List<OptionExplanation> options) {
        if (options.isEmpty()) {
            return;
        }
        picture.title("Options, and what they turn into");
        StringBuilder lines = new StringBuilder();
        for (OptionExplanation option : options) {
            String name = option.option() + " " + option.value();
            for (OptionEffect effect : option.effects()) {
                lines.append("  ")
                        .append(name)
                        .append('\t')
                        .append(effect.kind())
                        .append('\t');
                lines.append(shortened(effect))
                        .append('\t')
                        .append(effect.what())
                        .append('\n');
                name = "";
            }
            if (option.effects().isEmpty()) {
                lines.append("  ").append(name).append("\t\t\t\n");
            }
        }
        picture.table(lines.toString());
    }

    /** Where the container's cgroup is stands below; here the name of the file will do. */
    private static String shortened(OptionEffect effect) {
        String where = effect.where();
        String name = where.substring(where.lastIndexOf('/') + 1);
        return effect.kind().equals("cgroup") && name.indexOf('.') > 0 ? name : where;
    }

    private static void overlay(Picture picture, OverlayExplanation overlay) {
        picture.title(overlay.line().isEmpty() ? "The mount that will join them" : "The mount that joins them");
        if (!overlay.line().isEmpty()) {
            picture.line("  " + overlay.line());
        }
        picture.field("mounted at", overlay.mountPoint())
                .field("upperdir", overlay.upper() + (overlay.upper().isEmpty() ? "" : "  (all writes go here)"))
                .field(
                        "workdir",
                        overlay.work() + (overlay.work().isEmpty() ? "" : "  (overlayfs prepares changes here)"))
                .field("other options", String.join(",", overlay.options()));
        StringBuilder lines = new StringBuilder();
        for (LowerExplanation lower : overlay.lower()) {
            lines.append("  lowerdir\t")
                    .append(lower.written())
                    .append("\t-> ")
                    .append(lower.directory())
                    .append('\t');
            lines.append(lower.kind().isEmpty() ? "no layer of this container" : lower.kind())
                    .append('\t');
            lines.append(Picture.digest(lower.diffId())).append('\n');
        }
        picture.table(lines.toString());
    }

    private static void namespaces(Picture picture, List<NamespaceExplanation> namespaces) {
        if (namespaces.isEmpty()) {
            return;
        }
        picture.title("Namespaces");
        StringBuilder lines = new StringBuilder("  kind\tcontainer\thost\n");
        for (NamespaceExplanation namespace : namespaces) {
            lines.append("  ")
                    .append(namespace.kind())
                    .append('\t')
                    .append(namespace.id())
                    .append('\t')
                    .append(namespace.hostId());
            lines.append('\t')
                    .append(namespace.own() ? "its own" : "shared with the host")
                    .append('\n');
        }
        picture.table(lines.toString());
    }

    private static void processes(
            Picture picture, List<ProcessExplanation> processes, List<ProcessExplanation> ancestors) {
        if (processes.isEmpty()) {
            return;
        }
        picture.title("Processes");
        StringBuilder lines = new StringBuilder("  pid on host\tparent\tpid inside\tuser\tstate\tcommand\n");
        for (ProcessExplanation process : processes) {
            List<Integer> pids = process.namespacePids();
            lines.append("  ")
                    .append(process.pid())
                    .append('\t')
                    .append(process.parentPid())
                    .append('\t');
            lines.append(pids.isEmpty() ? "" : pids.getLast())
                    .append('\t')
                    .append(process.uid())
                    .append('\t');
            lines.append(process.state()).append('\t').append(command(process)).append('\n');
        }
        picture.table(lines.toString());
        if (!ancestors.isEmpty()) {
            StringBuilder chain = new StringBuilder();
            for (ProcessExplanation ancestor : ancestors) {
                chain.append(chain.isEmpty() ? "" : " <- ")
                        .append(ancestor.name())
                        .append('(')
                        .append(ancestor.pid())
                        .append(')');
            }
            picture.field("started by", chain.toString());
        }
    }

    private static String command(ProcessExplanation process) {
        return process.command().isEmpty() ? "[" + process.name() + "]" : String.join(" ", process.command());
    }

    private static void cgroups(Picture picture, List<CgroupExplanation> cgroups) {
        if (cgroups.isEmpty()) {
            return;
        }
        picture.title("Cgroups");
        // Usually the path is the same in every hierarchy of cgroup v1: then it is shown once.
        Map<String, List<CgroupExplanation>> byPath = new LinkedHashMap<>();
        for (CgroupExplanation cgroup : cgroups) {
            byPath.computeIfAbsent(cgroup.path(), _ -> new ArrayList<>()).add(cgroup);
        }
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, List<CgroupExplanation>> path : byPath.entrySet()) {
            cgroup(picture, path.getKey(), path.getValue(), lines);
        }
        picture.table(lines.toString());
    }

    private static void cgroup(Picture picture, String path, List<CgroupExplanation> cgroups, StringBuilder lines) {
        StringBuilder hierarchies = new StringBuilder();
        for (CgroupExplanation cgroup : cgroups) {
            hierarchies.append(hierarchies.isEmpty() ? "" : ", ").append(cgroup.hierarchy());
            for (CgroupValue value : cgroup.values()) {
                lines.append("    ")
                        .append(value.file())
                        .append('\t')
                        .append(value.meaning())
                        .append('\n');
            }
        }
        picture.line("  " + path).line("    in " + hierarchies);
    }

    private static void network(Picture picture, NetworkExplanation network) {
        if (network.mode().isEmpty()) {
            return;
        }
        picture.title("Network").field("mode", network.mode());
        for (InterfaceExplanation place : network.interfaces()) {
            picture.field(
                    "interface",
                    (place.name().isEmpty() ? "not shown" : place.name()) + " " + String.join(" ", place.addresses())
                            + " " + place.macAddress() + ", on the network " + place.network());
            if (!place.gateways().isEmpty()) {
                picture.field(
                        "gateway", String.join(", ", place.gateways()) + (place.wayOut() ? "" : ", not its way out"));
            }
            if (!place.hostInterface().isEmpty()) {
                picture.field(
                        "other end",
                        place.hostInterface() + (place.bridge().isEmpty() ? "" : ", plugged into " + place.bridge()));
            }
        }
    }

    private static void mounts(Picture picture, List<MountExplanation> mounts) {
        if (mounts.isEmpty()) {
            return;
        }
        picture.title("Mounts inside");
        StringBuilder lines = new StringBuilder();
        for (MountExplanation mount : mounts) {
            String source = mount.hostPath().isEmpty() ? mount.source() : mount.hostPath();
            lines.append("  ")
                    .append(mount.mountPoint())
                    .append('\t')
                    .append(mount.type())
                    .append('\t');
            lines.append(mount.purpose()).append('\t').append(source).append('\n');
        }
        picture.table(lines.toString());
    }

    private static void security(Picture picture, @Nullable SecurityExplanation security) {
        if (security == null) {
            return;
        }
        picture.title("What it may do")
                .field("user", security.uid() + ":" + security.gid())
                .field("capabilities", capabilities(security.effective()))
                .field(
                        "at most",
                        security.bounding().equals(security.effective()) ? "" : capabilities(security.bounding()))
                .field("privileges", security.noNewPrivileges() ? "can gain no new ones" : "")
                .field(
                        "seccomp",
                        security.seccomp()
                                + (security.seccompFilters() > 0
                                        ? ", " + Picture.count(security.seccompFilters(), "filter", "filters")
                                        : ""));
    }

    private static String capabilities(List<String> names) {
        StringBuilder out = new StringBuilder();
        for (String name : names) {
            out.append(out.isEmpty() ? "" : " ")
                    .append(name.startsWith("CAP_") ? name.substring(4).toLowerCase(java.util.Locale.ROOT) : name);
        }
        return names.isEmpty() ? "none" : out.toString();
    }
}
