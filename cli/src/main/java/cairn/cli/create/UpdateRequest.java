package cairn.cli.create;

import cairn.cli.args.Arguments;
import cairn.cli.args.Decimals;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import java.util.Map;

/** The flags of {@code update}, and its request. */
public final class UpdateRequest {
    private UpdateRequest() {}

    public static Flags flags() {
        return new Flags()
                .of(Kind.BYTES, "m,memory", "Memory that it may use, such as 512m")
                .of(Kind.BYTES, "memory-reservation", "Memory that it keeps when the host runs short")
                .of(Kind.BYTES, "memory-swap", "Memory and swap together; -1 for any amount of swap")
                .of(Kind.BYTES, "kernel-memory", "")
                .of(Kind.INT, "pids-limit", "How many processes it may have; -1 for any number")
                .of(Kind.DECIMAL, "cpus", "How many processors it may use, such as 1.5")
                .of(Kind.INT, "c,cpu-shares", "Its share of busy processors, relative to 1024")
                .of(Kind.INT, "cpu-period", "Length of the scheduler's accounting period, in microseconds")
                .of(Kind.INT, "cpu-quota", "Microseconds of processor time in each such period")
                .of(Kind.INT, "cpu-rt-period", "The same for real-time scheduling")
                .of(Kind.INT, "cpu-rt-runtime", "The same for real-time scheduling")
                .text("cpuset-cpus", "Processors that it may use, such as 0-3 or 0,2")
                .text("cpuset-mems", "Memory nodes that it may use")
                .of(Kind.UINT16, "blkio-weight", "Weight of its disk accesses, 10 to 1000")
                .text("restart", "When to start it again: no, always, unless-stopped, on-failure[:TIMES]");
    }

    public static Map<String, Object> of(Arguments given) {
        String cpus = given.text("cpus");
        Body body = new Body()
                .with("BlkioWeight", given.number("blkio-weight"))
                .with("CpuPeriod", given.number("cpu-period"))
                .with("CpuQuota", given.number("cpu-quota"))
                .with("CpuRealtimePeriod", given.number("cpu-rt-period"))
                .with("CpuRealtimeRuntime", given.number("cpu-rt-runtime"))
                .with("CpuShares", given.number("cpu-shares"))
                .with("CpusetCpus", given.text("cpuset-cpus"))
                .with("CpusetMems", given.text("cpuset-mems"))
                .with("Memory", given.bytes("memory"))
                .with("MemoryReservation", given.bytes("memory-reservation"))
                .with("MemorySwap", given.bytes("memory-swap"))
                .with("NanoCpus", cpus.isEmpty() ? 0 : Decimals.nano(cpus));
        if (given.given("pids-limit")) {
            body.always("PidsLimit", given.number("pids-limit"));
        }
        if (given.given("restart")) {
            body.with("RestartPolicy", CreateRequest.restart(given.text("restart")));
        }
        return body.members();
    }
}
