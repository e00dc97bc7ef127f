package cairn.engine.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One known way to fail, with the facts needed to say it in Docker's words. Each record quotes the wording of Docker
 * Engine API 1.51 and its status; {@code {x}} stands for the component x, {@code {x~12}} for its first 12 characters.
 * Names of containers are without the leading slash, ids are full unless said.
 */
public sealed interface Problem {

    // ---- what was asked for does not exist, or is not told apart

    /** 404 {@code No such container: {ref}}. */
    record NoSuchContainer(String ref) implements Problem {}

    /** 400 {@code multiple IDs found with provided prefix: {ref}}. */
    record AmbiguousId(String ref) implements Problem {}

    /** 404 {@code No such image: {ref}}; ref is as the caller wrote it, with {@code :latest} when it had no tag. */
    record NoSuchImage(String ref) implements Problem {}

    /** 404 {@code No such exec instance: {id}}. */
    record NoSuchExec(String id) implements Problem {}

    /** 404 {@code network {ref} not found}. */
    record NoSuchNetwork(String ref) implements Problem {}

    /** 404 {@code plugin "{name}" not found}. */
    record NoSuchPlugin(String name) implements Problem {}

    /** 404, the text as it stands. */
    record NotFound(String text) implements Problem {}

    /** 404 {@code get {name}: no such volume}. */
    record NoSuchVolume(String name) implements Problem {}

    /** 404 {@code Could not find the file {path} in container {container}}. */
    record NoSuchPath(String container, String path) implements Problem {}

    // ---- the state of a container forbids it

    /**
     * 409 {@code Conflict. The container name "/{name}" is already in use by container "{holderId}". You have to remove (or
     * rename) that container to be able to reuse that name.}
     */
    record NameInUse(String name, String holderId) implements Problem {}

    /** 400 {@code Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed}. */
    record InvalidName(String name) implements Problem {}

    /**
     * 409 {@code container {id} is not running}.
     *
     * @param verb the operation in Docker's words: kill, exec, top, pause, attach, resize ...
     */
    record NotRunning(String ref, String id, String verb) implements Problem {}

    /** 304 without a body: start of a running container, stop of a stopped one. */
    record NotModified() implements Problem {}

    /**
     * 409 {@code cannot remove container "{ref}": container is running: stop the container before removing or force remove};
     * with state restarting in its place; {@code container is paused and must be unpaused first}.
     *
     * @param ref as the caller wrote it
     * @param state running, paused or restarting
     */
    record ContainerRunning(String ref, String state) implements Problem {}

    /** 409 {@code removal of container {ref} is already in progress}. @param ref as the caller wrote it */
    record RemovalInProgress(String ref) implements Problem {}

    /** 409 {@code container is marked for removal and cannot be started}. */
    record MarkedForRemoval(String id) implements Problem {}

    /**
     * 409; exec, attach: {@code Container {id} is paused, unpause the container before exec}; start: {@code cannot start a paused
     * container, try unpause instead}; pause: {@code Container {id} is already paused}. Docker has a small letter for attach.
     *
     * @param id for exec and attach what the caller wrote
     */
    record ContainerPaused(String id, String verb) implements Problem {}

    /** 500 {@code container {id} is not paused}: dockerd has no better status for it. */
    record NotPaused(String id) implements Problem {}

    /** 409 {@code Container {id} is restarting, wait until the container is running}. */
    record ContainerRestarting(String id) implements Problem {}

    /** 409 {@code exec command {id} has already run}; while it runs {@code exec command {id} is already running}. */
    record ExecAlreadyRun(String id, boolean running) implements Problem {}

    // ---- the request itself is wrong

    /** 400 {@code invalid reference format}, with {@code : {why}} behind it when there is more to say. */
    record InvalidReference(String text, @Nullable String why) implements Problem {}

    /** 400, the text as it stands. */
    record InvalidParameter(String text) implements Problem {}

    /** 400; the full text, such as {@code invalid mount config for type "bind": bind source path does not exist: /x}. */
    record BadMount(String text) implements Problem {}

    /** 409, the text as it stands: a conflict that has no record of its own. */
    record Conflict(String text) implements Problem {}

    /** 403, the text as it stands. */
    record Forbidden(String text) implements Problem {}

    /** {@code {doing}: {cause's text}}, with the cause's status: where Docker says what could not be done before it says why. */
    record While(String doing, Problem cause) implements Problem {}

    // ---- images and archives

    /**
     * 409. Removal by a tag ({@code byTag}): {@code conflict: unable to remove repository reference "{ref}" (must force) -
     * container {containerId~12} is using its referenced image {imageId~12}}. By id, container running: {@code conflict: unable to
     * delete {imageId~12} (cannot be forced) - image is being used by running container {containerId~12}}; stopped: {@code
     * conflict: unable to delete {imageId~12} (must be forced) - image is being used by stopped container {containerId~12}}.
     *
     * @param ref what the caller asked to remove, as he wrote it
     * @param imageId hexadecimal, without {@code sha256:}
     */
    record ImageInUse(String ref, String imageId, String containerId, boolean running, boolean byTag)
            implements Problem {}

    /** 409 {@code conflict: unable to delete {imageId~12} (cannot be forced) - image has dependent child images}. */
    record ImageHasChildren(String imageId) implements Problem {}

    /** 409 {@code conflict: unable to delete {imageId~12} (must be forced) - image is referenced in multiple repositories}. */
    record ImageTagged(String imageId, List<String> tags) implements Problem {
        public ImageTagged {
            tags = List.copyOf(tags);
        }
    }

    /**
     * 409 {@code conflict: tag {ref} is already set to image {holderImageId}}: a digest reference cannot be moved; an
     * ordinary tag simply moves.
     */
    record TagConflict(String ref, String holderImageId) implements Problem {}

    /**
     * 400 for {@code import}, {@code build} and {@code cp}, in-band for {@code load}: {@code invalid archive: {entry}: {why}}, without the
     * entry when the fault is of the stream. Docker has no single wording here.
     */
    record BadArchive(@Nullable String entry, String why) implements Problem {}

    /**
     * 404 {@code image with reference {ref} was found but its platform ({actual}) does not match the specified platform ({wanted})}.
     *
     * @param ref as the caller wrote it
     */
    record WrongPlatform(String ref, String actual, String wanted) implements Problem {}

    /** 500 {@code max depth exceeded}: more layers than overlayfs can stack. */
    record TooManyLayers(int limit) implements Problem {}

    // ---- registries

    /** The text as it stands; the status is the fault's. */
    record Registry(RegistryFault fault, String text) implements Problem {}

    /** Why a registry, or the way to it, said no. */
    enum RegistryFault {
        /** 404. */
        NOT_FOUND,
        /** 401. */
        UNAUTHORIZED,
        /** 403. */
        DENIED,
        /** 429. */
        RATE_LIMITED,
        /** 500: no connection, or the registry's own trouble. */
        UNAVAILABLE,
        /** 500: what it sent breaks a rule or a limit, or has another digest than it must have. */
        INVALID
    }

    /** 500 {@code {what}: context canceled}: nobody waits for it any more. */
    record Cancelled(String what) implements Problem {}

    // ---- networks and volumes

    /**
     * 500 {@code failed to set up container networking: driver failed programming external connectivity on endpoint {containerName}
     * ({endpointId}): Bind for {host} failed: port is already allocated by {holder}}; the last two words are not Docker's.
     *
     * @param host address and port
     * @param holder the container that has it
     */
    record PortTaken(String containerName, String endpointId, String host, String holder) implements Problem {
        public String text() {
            return CONNECTIVITY + containerName + " (" + endpointId + "): Bind for " + host
                    + " failed: port is already allocated by " + holder;
        }
    }

    /**
     * 500 {@code failed to set up container networking: driver failed programming external connectivity on endpoint {containerName}
     * ({endpointId}): failed to bind host port {host}: {why}}.
     *
     * @param host address, port and protocol
     * @param why beginning with the kernel's words, such as {@code address already in use}
     */
    record PortNotBound(String containerName, String endpointId, String host, String why) implements Problem {
        public String text() {
            return CONNECTIVITY + containerName + " (" + endpointId + "): failed to bind host port " + host + ": "
                    + why;
        }
    }

    /** How Docker begins whatever keeps a port from being published. */
    String CONNECTIVITY =
            "failed to set up container networking: driver failed programming external connectivity on endpoint ";

    /**
     * 403 {@code error while removing network: network {name} has active endpoints ({endpoints})}.
     *
     * @param endpoints as in {@code name:"web" id:"0123456789ab"}
     */
    record NetworkInUse(String name, List<String> endpoints) implements Problem {
        public NetworkInUse {
            endpoints = List.copyOf(endpoints);
        }
    }

    /** 403 {@code {name} is a pre-defined network and cannot be removed}; create: {@code operation is not permitted on predefined {name} network}. */
    record ForbiddenNetwork(String name, String verb) implements Problem {}

    /** 409 {@code network with name {name} already exists}. */
    record NetworkNameInUse(String name) implements Problem {}

    /** 500 {@code no available IPv{family} addresses on this network's address pools: {network} ({networkId})}. */
    record NoFreeAddress(String network, String networkId, int family) implements Problem {}

    /** 403 {@code Address already in use}: a wanted container address is held by another endpoint. */
    record AddressTaken(String address) implements Problem {}

    /** 400 {@code create {name}: {why}}: its name or its options. */
    record InvalidVolume(String name, String why) implements Problem {}

    /** 404 {@code create {name}: error looking up volume plugin {driver}: plugin "{driver}" not found}. */
    record NoSuchVolumeDriver(String name, String driver) implements Problem {}

    /** 500 {@code error while mounting volume '{path}': {why}}. */
    record VolumeNotMounted(String path, String why) implements Problem {
        public String text() {
            return "error while mounting volume '" + path + "': " + why;
        }
    }

    /** 409 {@code remove {name}: volume is in use - [{containerIds}]}, with spaces between them. */
    record VolumeInUse(String name, List<String> containerIds) implements Problem {
        public VolumeInUse {
            containerIds = List.copyOf(containerIds);
        }
    }

    // ---- starting a process

    /**
     * The start got as far as the shim and failed there. {@code failed to create task for container: failed to create shim
     * task: OCI runtime create failed: runc create failed: unable to start container process: {text}: unknown}. Status 400 for
     * {@link LaunchFault#COMMAND_NOT_FOUND}, {@link LaunchFault#NOT_EXECUTABLE} and {@link LaunchFault#WRONG_MOUNT_TYPE}, else 500. The
     * stock CLI derives its exit code from the words: 127 from {@code executable file not found} or {@code no such file or directory},
     * 126 from {@code permission denied}, so the text keeps them: {@code exec: "foo": executable file not found in $PATH}.
     *
     * @param errno of the failed call; 0 when no call failed
     * @param step the launch plan's step in words, such as {@code mount /data}
     */
    record LaunchFailed(String text, int errno, String step, LaunchFault fault) implements Problem {}

    /** The same of an exec: {@code OCI runtime exec failed: exec failed: unable to start container process: {text}: unknown}. */
    record ExecFailed(LaunchFailed launch) implements Problem {}

    /** What a failed launch means for the exit code that the container's record keeps. */
    enum LaunchFault {
        /** The program does not exist: exit code 127. */
        COMMAND_NOT_FOUND(127),
        /** It exists and may not be executed: exit code 126. */
        NOT_EXECUTABLE(126),
        /** A directory was mounted onto a file or the reverse: exit code 127, as Docker has it. */
        WRONG_MOUNT_TYPE(127),
        /** Anything else: exit code 128. */
        OTHER(128);

        private final int exitCode;

        LaunchFault(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    // ---- the machine

    /** 500 {@code store damaged: {path}: {why}}; Docker has no such wording. */
    record StoreDamaged(String path, String why) implements Problem {}

    /** 500 {@code {what}: no space left on device}. */
    record DiskFull(String what) implements Problem {}

    /** 501, the text as it stands. */
    record NotSupported(String text) implements Problem {}

    /** 503, the text as it stands. */
    record Unavailable(String text) implements Problem {}

    /** 500, the text as it stands. */
    record Internal(String text) implements Problem {}

    /** The problem as an exception, for {@code throw new NoSuchImage(ref).exception()}. */
    default EngineException exception() {
        return new EngineException(this);
    }

    /** The same, with the lower-level fault kept for the log. */
    default EngineException exception(Throwable cause) {
        return new EngineException(this, cause);
    }
}
