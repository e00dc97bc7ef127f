package cairn.cli.create;

import cairn.cli.args.Flags;
import cairn.cli.args.Kind;

/** The flags that {@code run} and {@code create} share, grouped by what they touch. */
public final class CreateFlags {
    private CreateFlags() {}

    public static Flags add(Flags flags) {
        process(flags);
        identity(flags);
        files(flags);
        network(flags);
        namespaces(flags);
        security(flags);
        processorAndMemory(flags);
        devices(flags);
        health(flags);
        elsewhere(flags);
        return flags;
    }

    private static void process(Flags flags) {
        flags.of(Kind.LIST, "a,attach", "Connect to stdin, stdout or stderr; may be repeated")
                .of(Kind.LIST, "e,env", "Set an environment variable (A=b), or pass on your own (A)")
                .of(Kind.LIST, "env-file", "Set the environment variables in this file, one a line")
                .text("entrypoint", "Program to run instead of the image's entrypoint; \"\" for none")
                .bool("i,interactive", "Keep standard input open")
                .bool("t,tty", "Give the container a terminal")
                .text("u,user", "Run as this user: NAME or UID, and optionally :GROUP or :GID")
                .of(Kind.LIST, "group-add", "Further group of the process")
                .text("w,workdir", "Directory to start in")
                .bool("init", "Run a small init as process 1, which reaps orphans and passes signals on")
                .text("stop-signal", "Signal that asks the container to stop")
                .of(Kind.INT, "stop-timeout", "Seconds to wait after that signal before SIGKILL");
    }

    private static void identity(Flags flags) {
        flags.text("name", "Name of the container; made up if not given")
                .text("h,hostname", "Host name inside the container")
                .text("domainname", "NIS domain name inside the container")
                .of(Kind.LIST, "l,label", "Attach a label (key=value)")
                .of(Kind.LIST, "label-file", "Attach the labels in this file, one a line")
                .of(Kind.MAP, "annotation", "Annotation for the runtime (key=value)")
                .text("cidfile", "Write the container's id into this file, which must not exist")
                .of(
                        Kind.STRING,
                        "restart",
                        "no",
                        "When to start it again: no, always, unless-stopped, on-failure[:TIMES]")
                .bool("rm", "Remove the container and its anonymous volumes when it has ended")
                .text("platform", "Platform of the image: os[/arch[/variant]]")
                .of(Kind.STRING, "pull", "missing", "When to pull the image: always, missing, never")
                .bool("q,quiet", "Do not show the progress of a pull")
                .bool("disable-content-trust", true, "Skip the verification of signatures");
    }

    private static void files(Flags flags) {
        flags.of(
                        Kind.LIST,
                        "v,volume",
                        "Mount a directory or volume: SOURCE:TARGET[:OPTIONS], or TARGET for a new volume")
                .of(
                        Kind.MOUNT,
                        "mount",
                        "Mount something: type=bind|volume|tmpfs|image,source=...,target=...; a bind with idmap belongs to the container's user")
                .of(Kind.LIST, "tmpfs", "Mount an empty file system in memory: TARGET[:OPTIONS]")
                .of(Kind.LIST, "volumes-from", "Mount what this other container mounts")
                .text("volume-driver", "Driver that makes new volumes")
                .bool("read-only", "Make the root file system read-only")
                .of(Kind.LIST, "storage-opt", "Option of the storage driver (key=value)")
                .of(Kind.BYTES, "shm-size", "Size of /dev/shm");
    }

    private static void network(Flags flags) {
        flags.of(Kind.NETWORK, "network", "Network to join: bridge, host, none, container:NAME or a network's name")
                .also("net", "network")
                .of(Kind.LIST, "network-alias", "Further name on the network")
                .also("net-alias", "network-alias")
                .of(Kind.LIST, "p,publish", "Publish a port: [[IP:]HOST_PORT:]PORT[/PROTOCOL]")
                .bool("P,publish-all", "Publish every exposed port on a free port of the host")
                .of(Kind.LIST, "expose", "Expose a port or a range of ports")
                .text("ip", "IPv4 address on the network")
                .text("ip6", "IPv6 address on the network")
                .of(Kind.LIST, "link-local-ip", "Link-local address on the network")
                .text("mac-address", "MAC address on the network")
                .of(Kind.LIST, "link", "Make another container known by name: CONTAINER[:ALIAS]")
                .of(Kind.LIST, "add-host", "Line for /etc/hosts: NAME:IP")
                .of(Kind.LIST, "dns", "DNS server")
                .of(Kind.LIST, "dns-option", "Option of the resolver")
                .also("dns-opt", "dns-option")
                .of(Kind.LIST, "dns-search", "Domain to search names in");
    }

    private static void namespaces(Flags flags) {
        flags.text("pid", "PID namespace: host or container:NAME")
                .text("ipc", "IPC namespace: private, shareable, host, none or container:NAME")
                .text("uts", "UTS namespace: host")
                .text("userns", "User namespace: host, private")
                .text("cgroupns", "Cgroup namespace: host or private")
                .text("cgroup-parent", "Cgroup below which the container's is made")
                .of(Kind.MAP, "sysctl", "Kernel parameter inside the container (name=value)");
    }

    private static void security(Flags flags) {
        flags.bool("privileged", "Give the container all capabilities and devices, and hide nothing from it")
                .of(Kind.LIST, "cap-add", "Add a capability")
                .of(Kind.LIST, "cap-drop", "Take a capability away")
                .of(
                        Kind.LIST,
                        "security-opt",
                        "Security option: seccomp=FILE, no-new-privileges, systempaths=unconfined ...")
                .of(Kind.ULIMIT, "ulimit", "Resource limit: NAME=SOFT[:HARD]")
                .bool("use-api-socket", "Mount the daemon's socket into the container");
    }

    private static void processorAndMemory(Flags flags) {
        flags.of(Kind.BYTES, "m,memory", "Memory that it may use, such as 512m")
                .of(Kind.BYTES, "memory-reservation", "Memory that it keeps when the host runs short")
                .of(Kind.BYTES, "memory-swap", "Memory and swap together; -1 for any amount of swap")
                .of(Kind.INT, "memory-swappiness", "-1", "How readily its memory is swapped, 0 to 100")
                .of(Kind.BYTES, "kernel-memory", "")
                .bool("oom-kill-disable", "Do not kill its processes when memory runs out")
                .of(Kind.INT, "oom-score-adj", "How readily they are killed, -1000 to 1000")
                .of(Kind.INT, "pids-limit", "How many processes it may have; -1 for any number")
                .of(Kind.DECIMAL, "cpus", "How many processors it may use, such as 1.5")
                .of(Kind.INT, "c,cpu-shares", "Its share of busy processors, relative to 1024")
                .of(Kind.INT, "cpu-period", "Length of the scheduler's accounting period, in microseconds")
                .of(Kind.INT, "cpu-quota", "Microseconds of processor time in each such period")
                .of(Kind.INT, "cpu-rt-period", "The same for real-time scheduling")
                .of(Kind.INT, "cpu-rt-runtime", "The same for real-time scheduling")
                .text("cpuset-cpus", "Processors that it may use, such as 0-3 or 0,2")
                .text("cpuset-mems", "Memory nodes that it may use")
                .of(Kind.INT, "cpu-count", "")
                .of(Kind.INT, "cpu-percent", "")
                .text("isolation", "");
    }

    private static void devices(Flags flags) {
        flags.of(Kind.LIST, "device", "Give it a device: ON_HOST[:INSIDE[:rwm]]")
                .of(Kind.LIST, "device-cgroup-rule", "Allow a kind of device: 'c MAJOR:MINOR rwm'")
                .of(Kind.GPUS, "gpus", "Give it graphics processors: a number, or all")
                .of(Kind.UINT16, "blkio-weight", "Weight of its disk accesses, 10 to 1000")
                .of(Kind.LIST, "blkio-weight-device", "The same for one device: DEVICE:WEIGHT")
                .of(Kind.LIST, "device-read-bps", "Bytes a second that it may read: DEVICE:RATE")
                .of(Kind.LIST, "device-write-bps", "Bytes a second that it may write: DEVICE:RATE")
                .of(Kind.LIST, "device-read-iops", "Reads a second: DEVICE:RATE")
                .of(Kind.LIST, "device-write-iops", "Writes a second: DEVICE:RATE")
                .of(Kind.BYTES, "io-maxbandwidth", "")
                .of(Kind.INT, "io-maxiops", "");
    }

    private static void health(Flags flags) {
        flags.text("health-cmd", "Command that tells whether the container is well")
                .of(Kind.DURATION, "health-interval", "Time between two checks")
                .of(Kind.DURATION, "health-timeout", "Time that a check may take")
                .of(Kind.DURATION, "health-start-period", "Time to come up, during which failures do not count")
                .of(Kind.DURATION, "health-start-interval", "Time between two checks while it comes up")
                .of(Kind.INT, "health-retries", "Failures in a row that make it unhealthy")
                .bool("no-healthcheck", "Do not check, whatever the image says");
    }

    private static void elsewhere(Flags flags) {
        flags.text("log-driver", "Where output goes: json-file, none ...")
                .of(Kind.LIST, "log-opt", "Option of the log driver (key=value)")
                .text("runtime", "Runtime that starts the container");
    }
}
