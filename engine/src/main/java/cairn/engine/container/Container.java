package cairn.engine.container;

import cairn.engine.network.EndpointRecord;
import cairn.engine.network.Networks;
import cairn.engine.network.PublishedPort;
import cairn.oci.ImageId;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.ExitCause;
import cairn.wire.container.Health;
import cairn.wire.container.HostConfig;
import cairn.wire.container.IdRange;
import cairn.wire.container.MountPoint;
import io.avaje.recordbuilder.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The record of one container, immutable: each change makes a new one.
 *
 * @param name without the leading slash
 * @param path and @param args the command as Docker splits it
 * @param asked how the mounts were asked for, by their destinations
 * @param cause of the last end; null while it runs
 * @param ids of its user namespace; null where it is in the host's
 * @param damage why its record on disk cannot be read, null where it can; what is here is a guess then, and is never written
 * @param health of the last run; null where there is no health check
 * @param networks that of its network mode first; none of its own where it shares another container's
 * @param ports that are published, while it runs
 */
@RecordBuilder
public record Container(
        String id,
        String name,
        Instant created,
        ImageId image,
        ContainerConfig config,
        HostConfig hostConfig,
        String path,
        List<String> args,
        List<MountPoint> mounts,
        Map<String, AskedMount> asked,
        LifeState state,
        List<Membership> networks,
        List<PublishedPort> ports,
        boolean startedBefore,
        Restarts restarts,
        @Nullable Health health,
        @Nullable ExitCause cause,
        @Nullable IdRange ids,
        @Nullable String damage) {

    public Container {
        args = List.copyOf(args);
        mounts = List.copyOf(mounts);
        asked = Map.copyOf(asked);
        networks = List.copyOf(networks);
        ports = List.copyOf(ports);
    }

    public boolean running() {
        return state instanceof LifeState.Running;
    }

    /** Whether it runs and somebody has paused it. */
    public boolean paused() {
        return state instanceof LifeState.Running running && running.paused();
    }

    /** What Docker calls running: it has a process, or will have one again without anybody's doing. */
    public boolean active() {
        return running() || state instanceof LifeState.Restarting;
    }

    public boolean terminal() {
        return config.tty();
    }

    /** A copy to be changed. */
    private ContainerBuilder but() {
        return ContainerBuilder.builder(this);
    }

    Container withState(LifeState next) {
        return but().state(next).build();
    }

    Container withName(String next) {
        return but().name(next).build();
    }

    Container withRestarts(Restarts next) {
        return but().restarts(next).build();
    }

    Container withMounts(List<MountPoint> next) {
        return but().mounts(next).build();
    }

    Container withAsked(Map<String, AskedMount> next) {
        return but().asked(next).build();
    }

    /** In words, what one of its mounts shows: which volume and which directory, which image, or which path of the host. */
    public String origin(MountPoint mount) {
        String below = asked(mount).subpath();
        return switch (mount.type()) {
            case "volume" -> "the volume " + mount.name() + ", " + below(mount.source(), below);
            case "image" ->
                below(below.isEmpty() ? "" : "/", below) + (below.isEmpty() ? "" : " of ") + "the image "
                        + mount.name();
            case "tmpfs" -> "an empty file system in memory";
            default -> mount.source() + " of the host";
        };
    }

    private static String below(String directory, String path) {
        return path.isEmpty() ? directory : directory.endsWith("/") ? directory + path : directory + "/" + path;
    }

    /** Whether the source's owner on the host is the container's user inside. */
    public boolean idmapped(MountPoint mount) {
        return asked(mount).idmapped();
    }

    /** How one of its mounts was asked for. */
    AskedMount asked(MountPoint mount) {
        return asked.getOrDefault(mount.destination(), AskedMount.NOTHING);
    }

    Container withHealth(Health next) {
        return but().health(next).build();
    }

    Container withCause(@Nullable ExitCause next) {
        return but().cause(next).build();
    }

    Container withConfig(ContainerConfig next) {
        return but().config(next).build();
    }

    Container withHostConfig(HostConfig next) {
        return but().hostConfig(next).build();
    }

    /** Its places while it runs or its start is under way. */
    Container connected(List<Membership> places, List<PublishedPort> published) {
        return but().networks(places).ports(published).build();
    }

    /** The places are given back. */
    Container disconnected() {
        return connected(
                networks.stream().map(membership -> membership.placed(null)).toList(), List.of());
    }

    /** Its place on the default bridge network; null if it has none at this moment. */
    public @Nullable EndpointRecord onBridge() {
        for (Membership membership : networks) {
            if (membership.network().equals(Networks.BRIDGE)) {
                return membership.endpoint();
            }
        }
        return null;
    }

    /** Whether it is on a network of its own at this moment. */
    public boolean connected() {
        return networks.stream().anyMatch(membership -> membership.endpoint() != null);
    }

    /** Where its default route of a family leads at this moment; null if no network leads out. */
    public @Nullable EndpointRecord wayOut(boolean v6) {
        Membership outward = Memberships.outward(networks, v6);
        return outward == null ? null : outward.endpoint();
    }

    Container started(LifeState.Running running) {
        return but().state(running).startedBefore(true).build();
    }

    /** The end of a run: the endpoint is given back. */
    Container ended(LifeState next) {
        return but().state(damage == null ? next : new LifeState.Dead(damage))
                .build()
                .disconnected();
    }

    /** The short id that people read. */
    public String shortId() {
        return id.substring(0, 12);
    }
}
