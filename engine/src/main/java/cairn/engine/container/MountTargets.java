package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.LaunchSpec;
import cairn.linux.Errno;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;

/**
 * Where the mounts of a user go: to the path behind the links that the image brings. The shim opens that path below the container's root
 * once more and mounts on the descriptor, so whoever swaps a directory for a link meanwhile (CVE-2021-30465) does not get out.
 */
final class MountTargets {
    private MountTargets() {}

    /** @throws cairn.engine.error.EngineException BadMount for a link that leads into /proc, where a mount could cover up what is masked */
    static LaunchSpec.Mount resolved(InRoot root, LaunchSpec.Mount mount) {
        return switch (mount) {
            case LaunchSpec.Tmpfs tmpfs ->
                new LaunchSpec.Tmpfs(resolved(root, tmpfs.target(), false), tmpfs.attributes(), tmpfs.options());
            case LaunchSpec.Bind bind -> bind.at(resolved(root, bind.target(), true));
            case LaunchSpec.ImageMount image ->
                new LaunchSpec.ImageMount(
                        image.layers(),
                        image.scratch(),
                        image.empty(),
                        image.below(),
                        resolved(root, image.target(), false));
        };
    }

    /** @param overProc whether a target that says so itself may lie there, as files over /proc/cpuinfo do */
    static String resolved(InRoot root, String target, boolean overProc) {
        String resolved;
        try {
            resolved = root.resolve(target);
        } catch (LinuxException e) {
            String why = e.errno() == Errno.ELOOP ? "too many levels of symbolic links" : e.getMessage();
            throw new Problem.BadMount("\"" + target + "\" cannot be mounted on: " + why).exception(e);
        }
        if ((resolved + "/").startsWith("/proc/") && !(overProc && resolved.equals(target))) {
            throw new Problem.BadMount("\"" + target + "\" cannot be mounted because it is inside /proc").exception();
        }
        return resolved;
    }
}
