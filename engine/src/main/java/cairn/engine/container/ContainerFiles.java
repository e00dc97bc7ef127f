package cairn.engine.container;

import java.nio.file.Path;

/**
 * Where things of one container are: its records below the data root, its runtime directory below the exec root. The latter
 * carries only the first 20 digits of the id, because a unix socket's path may have 107 bytes at most.
 */
record ContainerFiles(Path containers, Path runtime, String id) {
    static final int RUNTIME_DIGITS = 20;

    Path directory() {
        return containers.resolve(id);
    }

    Path config() {
        return directory().resolve("config.v2.json");
    }

    Path hostConfig() {
        return directory().resolve("hostconfig.json");
    }

    Path jsonLog() {
        return directory().resolve(id + "-json.log");
    }

    Path localLog() {
        return directory().resolve("local-logs/container.log");
    }

    /** Where containers with the log driver {@code local} once wrote lines of JSON. */
    Path formerLocalLog() {
        return directory().resolve("container.log");
    }

    Path hosts() {
        return directory().resolve("hosts");
    }

    Path hostname() {
        return directory().resolve("hostname");
    }

    Path resolvConf() {
        return directory().resolve("resolv.conf");
    }

    /** Mount point of a shareable /dev/shm. */
    Path shm() {
        return directory().resolve("mounts/shm");
    }

    /** Where an image is mounted for a moment on the way into the container. */
    Path imageMount() {
        return directory().resolve("mounts/image");
    }

    Path emptyDirectory() {
        return directory().resolve("mounts/empty");
    }

    Path shim() {
        return runtime.resolve("c").resolve(id.substring(0, RUNTIME_DIGITS));
    }

    /** What a later daemon has to know of the run's name service. */
    Path names() {
        return shim().resolve("names");
    }

    /** There while the run is being connected to the network that it names, or disconnected. */
    Path connecting() {
        return shim().resolve("connecting");
    }

    Path exec(String execId) {
        return runtime.resolve("e").resolve(execId.substring(0, RUNTIME_DIGITS));
    }
}
