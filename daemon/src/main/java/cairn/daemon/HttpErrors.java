package cairn.daemon;

import cairn.engine.error.Problem;

/**
 * The one table from a problem to HTTP status and Docker's wording. Complete by the compiler: no default branch.
 */
final class HttpErrors {
    private static final String LAUNCH =
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: "
                    + "unable to start container process: ";

    private static final String EXEC = "OCI runtime exec failed: exec failed: unable to start container process: ";

    private static final String WRONG_MOUNT_TYPE =
            ": Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the"
                    + " expected type";

    /** @param message null for a reply without a body */
    record Reply(int status, String message) {}

    private HttpErrors() {}

    static Reply of(Problem problem) {
        return switch (problem) {
            case Problem.NoSuchContainer p -> new Reply(404, "No such container: " + p.ref());
            case Problem.AmbiguousId p -> new Reply(400, "multiple IDs found with provided prefix: " + p.ref());
            case Problem.NoSuchImage p -> new Reply(404, "No such image: " + p.ref());
            case Problem.NoSuchExec p -> new Reply(404, "No such exec instance: " + p.id());
            case Problem.NoSuchNetwork p -> new Reply(404, "network " + p.ref() + " not found");
            case Problem.NoSuchPlugin p -> new Reply(404, "plugin \"" + p.name() + "\" not found");
            case Problem.NotFound p -> new Reply(404, p.text());
            case Problem.NoSuchVolume p -> new Reply(404, "get " + p.name() + ": no such volume");
            case Problem.NoSuchPath p ->
                new Reply(404, "Could not find the file " + p.path() + " in container " + p.container());
            case Problem.NameInUse p ->
                new Reply(
                        409,
                        "Conflict. The container name \"/" + p.name() + "\" is already in use by container \""
                                + p.holderId()
                                + "\". You have to remove (or rename) that container to be able to reuse that name.");
            case Problem.InvalidName p ->
                new Reply(400, "Invalid container name (" + p.name() + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
            case Problem.NotRunning p -> new Reply(409, "container " + p.id() + " is not running");
            case Problem.NotModified ignored -> new Reply(304, "");
            case Problem.ContainerRunning p ->
                new Reply(
                        409,
                        "cannot remove container \"" + p.ref() + "\": container is " + p.state()
                                + (p.state().equals("paused")
                                        ? " and must be unpaused first"
                                        : ": stop the container before removing or force remove"));
            case Problem.RemovalInProgress p ->
                new Reply(409, "removal of container " + p.ref() + " is already in progress");
            case Problem.MarkedForRemoval ignored ->
                new Reply(409, "container is marked for removal and cannot be started");
            case Problem.ContainerPaused p ->
                new Reply(
                        409,
                        switch (p.verb()) {
                            case "start" -> "cannot start a paused container, try unpause instead";
                            case "pause" -> "Container " + p.id() + " is already paused";
                            case "attach" -> "container " + p.id() + " is paused, unpause the container before attach";
                            default -> "Container " + p.id() + " is paused, unpause the container before " + p.verb();
                        });
            case Problem.NotPaused p -> new Reply(500, "container " + p.id() + " is not paused");
            case Problem.ContainerRestarting p ->
                new Reply(409, "Container " + p.id() + " is restarting, wait until the container is running");
            case Problem.ExecAlreadyRun p ->
                new Reply(409, "exec command " + p.id() + (p.running() ? " is already running" : " has already run"));
            case Problem.InvalidReference p ->
                new Reply(400, "invalid reference format" + (p.why() == null ? "" : ": " + p.why()));
            case Problem.InvalidParameter p -> new Reply(400, p.text());
            case Problem.BadMount p -> new Reply(400, p.text());
            case Problem.Conflict p -> new Reply(409, p.text());
            case Problem.Forbidden p -> new Reply(403, p.text());
            case Problem.While p -> {
                Reply cause = of(p.cause());
                yield new Reply(cause.status(), p.doing() + ": " + cause.message());
            }
            case Problem.ImageInUse p -> new Reply(409, imageInUse(p));
            case Problem.ImageHasChildren p ->
                new Reply(
                        409,
                        "conflict: unable to delete " + shortId(p.imageId())
                                + " (cannot be forced) - image has dependent child images");
            case Problem.ImageTagged p ->
                new Reply(
                        409,
                        "conflict: unable to delete " + shortId(p.imageId())
                                + " (must be forced) - image is referenced in multiple repositories");
            case Problem.TagConflict p ->
                new Reply(409, "conflict: tag " + p.ref() + " is already set to image " + p.holderImageId());
            case Problem.BadArchive p ->
                new Reply(400, "invalid archive: " + (p.entry() == null ? "" : p.entry() + ": ") + p.why());
            case Problem.WrongPlatform p ->
                new Reply(
                        404,
                        "image with reference " + p.ref() + " was found but its platform (" + p.actual()
                                + ") does not match the specified platform (" + p.wanted() + ")");
            case Problem.Registry p ->
                new Reply(
                        switch (p.fault()) {
                            case NOT_FOUND -> 404;
                            case UNAUTHORIZED -> 401;
                            case DENIED -> 403;
                            case RATE_LIMITED -> 429;
                            case UNAVAILABLE, INVALID -> 500;
                        },
                        p.text());
            case Problem.Cancelled p -> new Reply(500, p.what() + ": context canceled");
            case Problem.TooManyLayers ignored -> new Reply(500, "max depth exceeded");
            case Problem.PortTaken p -> new Reply(500, p.text());
            case Problem.PortNotBound p -> new Reply(500, p.text());
            case Problem.NetworkInUse p ->
                new Reply(
                        403,
                        "error while removing network: network " + p.name() + " has active endpoints ("
                                + String.join(", ", p.endpoints()) + ")");
            case Problem.ForbiddenNetwork p ->
                new Reply(
                        403,
                        p.verb().equals("create")
                                ? "operation is not permitted on predefined " + p.name() + " network"
                                : p.name() + " is a pre-defined network and cannot be removed");
            case Problem.NetworkNameInUse p -> new Reply(409, "network with name " + p.name() + " already exists");
            case Problem.NoFreeAddress p ->
                new Reply(
                        500,
                        "no available IPv" + p.family() + " addresses on this network's address pools: " + p.network()
                                + " (" + p.networkId() + ")");
            case Problem.AddressTaken p -> new Reply(403, "Address already in use: " + p.address());
            case Problem.InvalidVolume p -> new Reply(400, "create " + p.name() + ": " + p.why());
            case Problem.NoSuchVolumeDriver p ->
                new Reply(
                        404,
                        "create " + p.name() + ": error looking up volume plugin " + p.driver() + ": plugin \""
                                + p.driver() + "\" not found");
            case Problem.VolumeNotMounted p -> new Reply(500, p.text());
            case Problem.VolumeInUse p ->
                new Reply(
                        409,
                        "remove " + p.name() + ": volume is in use - [" + String.join(" ", p.containerIds()) + "]");
            case Problem.LaunchFailed p -> launch(LAUNCH, p);
            case Problem.ExecFailed p -> launch(EXEC, p.launch());
            case Problem.StoreDamaged p -> new Reply(500, "store damaged: " + p.path() + ": " + p.why());
            case Problem.DiskFull p -> new Reply(500, p.what() + ": no space left on device");
            case Problem.NotSupported p -> new Reply(501, p.text());
            case Problem.Unavailable p -> new Reply(503, p.text());
            case Problem.Internal p -> new Reply(500, p.text());
        };
    }

    private static Reply launch(String what, Problem.LaunchFailed p) {
        return new Reply(
                switch (p.fault()) {
                    case COMMAND_NOT_FOUND, NOT_EXECUTABLE, WRONG_MOUNT_TYPE -> 400;
                    case OTHER -> 500;
                },
                what + p.text() + ": unknown"
                        + (p.fault() == Problem.LaunchFault.WRONG_MOUNT_TYPE ? WRONG_MOUNT_TYPE : ""));
    }

    private static String imageInUse(Problem.ImageInUse p) {
        if (p.byTag()) {
            return "conflict: unable to remove repository reference \"" + p.ref() + "\" (must force) - container "
                    + shortId(p.containerId()) + " is using its referenced image " + shortId(p.imageId());
        }
        return "conflict: unable to delete " + shortId(p.imageId())
                + (p.running()
                        ? " (cannot be forced) - image is being used by running container "
                        : " (must be forced) - image is being used by stopped container ")
                + shortId(p.containerId());
    }

    private static String shortId(String id) {
        return id.length() > 12 ? id.substring(0, 12) : id;
    }
}
