package cairn.engine.container;

import cairn.engine.network.PublishedPort;
import cairn.oci.ImageId;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.ExitCause;
import cairn.wire.container.Health;
import cairn.wire.container.HostConfig;
import cairn.wire.container.MountPoint;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The record of one container, immutable: each change makes a new one.
 *
 * @param name without the leading slash
 * @param path and @param args the command as Docker splits it
 * @param cause of the last end; null while it runs
 * @param damage why its record on disk cannot be read, null where it can; what is here is a guess then, and is never written
 * @param health of the last run; null where there is no health check
 * @param network its place on the default bridge while it runs, null otherwise
 */
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
        LifeState state,
        @Nullable Attachment network,
        boolean startedBefore,
        Restarts restarts,
        @Nullable Health health,
        @Nullable ExitCause cause,
        @Nullable String damage) {

    /** What of a network endpoint is remembered. */
    public record Attachment(
            String networkId,
            String endpointId,
            String address,
            int prefix,
            String gateway,
            String macAddress,
            List<PublishedPort> ports) {
        public Attachment {
            ports = List.copyOf(ports);
        }
    }

    public Container {
        args = List.copyOf(args);
        mounts = List.copyOf(mounts);
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

    Container withState(LifeState next) {
        return new Container(
                id,
                name,
                created,
                image,
                config,
                hostConfig,
                path,
                args,
                mounts,
                next,
                network,
                startedBefore,
                restarts,
                health,
                cause,
                damage);
    }

    Container withName(String next) {
        return new Container(
                id,
                next,
                created,
                image,
                config,
                hostConfig,
                path,
                args,
                mounts,
                state,
                network,
                startedBefore,
                restarts,
                health,
                cause,
                damage);
    }

    Container withRestarts(Restarts next) {
        return new Container(
                id,
                name,
                created,
                image,
                config,
                hostConfig,
                path,
                args,
                mounts,
                state,
                network,
                startedBefore,
                next,
                health,
                cause,
                damage);
    }

    Container withHealth(Health next) {
        return new Container(
                id,
                name,
                created,
                image,
                config,
                hostConfig,
                path,
                args,
                mounts,
                state,
                network,
                startedBefore,
                restarts,
                next,
                cause,
                damage);
    }

    Container withCause(@Nullable ExitCause next) {
        return new Container(
                id,
                name,
                created,
                image,
                config,
                hostConfig,
                path,
                args,
                mounts,
                state,
                network,
                startedBefore,
                restarts,
                health,
                next,
                damage);
    }

    Container withHostConfig(HostConfig next) {
        return new Container(
                id,
                name,
                created,
                image,
                config,
                next,
                path,
                args,
                mounts,
                state,
                network,
                startedBefore,
                restarts,
                health,
                cause,
                damage);
    }

    /** The endpoint of a start that is under way, null when it has failed. */
    Container connected(@Nullable Attachment attachment) {
        return new Container(
                id,
                name,
                created,
                image,
                config,
                hostConfig,
                path,
                args,
                mounts,
                state,
                attachment,
                startedBefore,
                restarts,
                health,
                cause,
                damage);
    }

    Container started(LifeState.Running running, @Nullable Attachment attachment) {
        return new Container(
                id,
                name,
                created,
                image,
                config,
                hostConfig,
                path,
                args,
                mounts,
                running,
                attachment,
                true,
                restarts,
                health,
                cause,
                damage);
    }

    /** The end of a run: the endpoint is given back. */
    Container ended(LifeState next) {
        LifeState state = damage == null ? next : new LifeState.Dead(damage);
        return new Container(
                id,
                name,
                created,
                image,
                config,
                hostConfig,
                path,
                args,
                mounts,
                state,
                null,
                startedBefore,
                restarts,
                health,
                cause,
                damage);
    }

    /** The short id that people read. */
    public String shortId() {
        return id.substring(0, 12);
    }
}
