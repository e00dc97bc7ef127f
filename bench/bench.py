#!/usr/bin/env python3
"""Side-by-side benchmark of two engines; started by bench/run, which prepares the machine.

Each engine has a data root on a fresh ext4 file system of its own (with a journal, on a loop device), a network namespace of its own
(so bridges and firewall rules vanish with it), and the same image. A workload is one function that returns numbers for one engine; the
engines take turns, iteration by iteration, with a pause before each, because hot loops hide what a user waits for.
"""

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from crowd import CROWD_WORKLOADS
from engines import DOCKER, HERE, PAUSE, TREE, Engine, Part, Workload, check, compile_c, memory, process_table, timed
from images import IMAGE_WORKLOADS, Stock
from networks import NETWORK_WORKLOADS
from verbs import VERB_WORKLOADS

# ---- workloads: one function each; (engine, options) -> list of numbers of one turn


def run_none(engine, _):
    return [timed(engine.docker, "run", "--rm", "--network", "none", "busybox", "true")]


def run_bridge(engine, _):
    return [timed(engine.docker, "run", "--rm", "busybox", "true")]


def engine_only(engine, options):
    """Create, start, wait, removed, over the socket, on the bridge: no CLI."""
    done = subprocess.run([options.client, engine.socket, "busybox", "bridge", "1", "0", "true"], stdout=subprocess.PIPE, text=True, check=True)
    return [float(done.stdout)]


def exec_true(engine, _):
    if not engine.docker("ps", "-q", "--filter", "name=box"):
        engine.docker("run", "-d", "--name", "box", "--network", "none", "busybox", "sleep", "100000")
        time.sleep(PAUSE)
    return [timed(engine.docker, "exec", "box", "true")]


def version(engine, _):
    return [timed(engine.docker, "version")]


def start_20(engine, _):
    """20 `run -d` at once, out of a shell: milliseconds for all."""
    names = [f"many{number}" for number in range(20)]
    loop = 'for name; do "$0" run -d --name "$name" busybox sleep 100000 >/dev/null || kill $$ & done; wait'
    result = timed(subprocess.run, ["sh", "-c", loop, DOCKER, *names], env=engine.environment, stdin=subprocess.DEVNULL, check=True)
    engine.docker("rm", "-f", *names)
    return [result]


def remove_20(engine, _):
    """`rm -f` of 20 running containers."""
    names = [f"many{number}" for number in range(20)]
    for name in names:
        engine.docker("run", "-d", "--name", name, "busybox", "sleep", "100000")
    time.sleep(0.5)
    return [timed(engine.docker, "rm", "-f", *names)]


def start_with_ports(engine, count):
    """`start` of a container that publishes so many ports."""
    identity = engine.docker("create", "-p", f"12000-{12000 + count - 1}:12000-{12000 + count - 1}", "busybox", "sleep", "100000")
    time.sleep(PAUSE)
    took = timed(engine.docker, "start", identity)
    engine.docker("rm", "-f", identity)
    return [took]


def ports_1(engine, _):
    return start_with_ports(engine, 1)


def ports_200(engine, _):
    return start_with_ports(engine, 200)


def log_lines(engine, options):
    """A container writes lines of 100 bytes; milliseconds until it is gone and the whole log is in its file."""
    count = options.lines
    identity = engine.docker("create", "--network", "none", "busybox", "/bin/probe", "lines", str(count), "100")
    # Where both engines keep it; asking for it would be one more start of the CLI within the time.
    path = f"{engine.root}/data/containers/{identity}/{identity}-json.log"
    begin = time.perf_counter()
    engine.docker("start", identity)
    engine.docker("wait", identity)
    line = len(json.dumps({"log": "x" * 99 + "\n", "stream": "stdout", "time": ""}, separators=(",", ":"))) + 21
    while os.path.getsize(path) < count * line and time.perf_counter() - begin < 120:
        time.sleep(0.002)
    took = (time.perf_counter() - begin) * 1000
    time.sleep(0.2)
    written = int(subprocess.run(["wc", "-l", path], stdout=subprocess.PIPE, text=True).stdout.split()[0])
    engine.docker("rm", identity)
    if written != count:
        raise RuntimeError(f"{engine.name}: {written} lines of {count} in the log")
    return [took]


def monitors(engine):
    """Resident and proportional kilobytes of one container's monitor, from ten running containers."""
    before = set(process_table())
    for number in range(10):
        engine.docker("run", "-d", "--name", f"held{number}", "--network", "none", "busybox", "sleep", "100000")
    time.sleep(1)
    inside = set(engine.docker("inspect", "--format", "{{.State.Pid}}", *[f"held{n}" for n in range(10)]).split())
    table = process_table()
    found = []
    for pid, (parent, command) in table.items():
        children = [p for p, (its_parent, _) in table.items() if its_parent == pid and str(p) in inside]
        if pid not in before and children:
            found.append(pid)
    rss, pss = memory(found)
    engine.docker("rm", "-f", *[f"held{n}" for n in range(10)])
    if len(found) != 10:
        raise RuntimeError(f"{engine.name}: found {len(found)} monitors of 10")
    return rss / 10, pss / 10


def monitor_resident(engine, _):
    return [monitors(engine)[0]]


def monitor_proportional(engine, _):
    return [monitors(engine)[1]]


def daemon_start(engine, _):
    """Milliseconds from starting the daemon to its first answer, with its stores filled and page caches warm."""
    engine.remove_all()
    engine.stop()
    time.sleep(0.5)
    return answers(engine)


def answers(engine):
    first, listed = engine.start()
    return {"": first * 1000, "list": listed * 1000}


def restart_running(engine, options):
    """Milliseconds from starting the daemon to its first answer while 300 containers run, all of which it must find again."""
    count = 30 if options.quick else 300
    if len(engine.docker("ps", "-q").split()) != count:
        engine.remove_all()
        engine.stop()
        engine.flags = ["--live-restore"] if engine.name == "dockerd" else []
        engine.start()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: engine.docker("run", "-d", "--network", "none", "busybox", "sleep", "100000"), range(count)))
    engine.stop()
    time.sleep(0.5)
    took = answers(engine)
    running = len(engine.docker("ps", "-q").split())
    if running != count:
        raise RuntimeError(f"{engine.name}: {running} of {count} containers run after the restart")
    return took


def idle_memory(engine, _):
    """Resident megabytes of the daemon with its helpers, freshly started, no container."""
    engine.remove_all()
    engine.stop()
    engine.start()
    engine.docker("ps")
    time.sleep(5)
    rss, _ = memory(engine.daemon_processes())
    return [rss / 1024]


WORKLOADS = {
    "run-none": Workload(run_none, "run --rm --network none busybox true", "ms", 5, 25, 5),
    "run-bridge": Workload(run_bridge, "run --rm busybox true (bridge)", "ms", 5, 25, 5),
    "engine-only": Workload(engine_only, "the same over the socket, bridge", "ms", 12, 25, 5, limit=25),
    "exec": Workload(exec_true, "exec box true", "ms", 1.7, 25, 5),
    "version": Workload(version, "version (cost of the CLI)", "ms", None, 15, 3),
    "start-20": Workload(start_20, "20 x run -d at once", "ms", 8, 5, 1, warmups=1),
    "remove-20": Workload(remove_20, "rm -f of 20 running", "ms", 10, 5, 1, warmups=1),
    "ports-1": Workload(ports_1, "start with 1 published port", "ms", 5, 15, 3),
    "ports-200": Workload(ports_200, "start with 200 published ports", "ms", 50, 5, 1, warmups=1),
    "log": Workload(log_lines, "log lines of 100 bytes", "ms", 8, 5, 1, warmups=1),
    "monitor": Workload(monitor_resident, "monitor of one container, RSS", "kB", 30, 1, 1, warmups=0),
    "monitor-pss": Workload(monitor_proportional, "monitor of one container, PSS", "kB", 30, 1, 1, warmups=0),
    "daemon-start": Workload(daemon_start, "daemon start to first answer", "ms", 2, 10, 3, warmups=1, parts={
        "list": Part("  to the first list of containers", "ms", None)}),
    "restart-300": Workload(restart_running, "daemon restart with 300 running", "ms", 2, 5, 2, warmups=1, parts={
        "list": Part("  to the first list of containers", "ms", None)}),
    "idle-memory": Workload(idle_memory, "idle memory of the daemon, RSS", "MB", 1 / 0.75, 1, 1, warmups=0),
    **NETWORK_WORKLOADS,
    **CROWD_WORKLOADS,
    **VERB_WORKLOADS,
    **IMAGE_WORKLOADS,
}


def make_image(work):
    """Busybox with its links, the probe as a fast writer of lines, and what makes traffic."""
    root = os.path.join(work, "image")
    os.makedirs(root + "/bin")
    os.makedirs(root + "/etc")
    os.makedirs(root + "/tmp")
    shutil.copy("/bin/busybox", root + "/bin/busybox")
    for applet in subprocess.run(["/bin/busybox", "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout.split():
        if applet != "busybox":
            os.symlink("busybox", f"{root}/bin/{applet}")
    compile_c(os.path.join(TREE, "acceptance/src/test/c/probe.c"), root + "/bin/probe")
    compile_c(os.path.join(HERE, "network.c"), work + "/network")
    shutil.copy(work + "/network", root + "/bin/network")
    with open(root + "/etc/passwd", "w") as file:
        file.write("root:x:0:0:root:/:/bin/sh\n")
    check("tar", "-C", root, "--owner=0", "--group=0", "-cf", work + "/image.tar", ".")
    return work + "/image.tar"


def percentile(numbers, share):
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def measure(name, engines, options):
    """All numbers, by workload or part (NAME.PART), by engine."""
    workload = WORKLOADS[name]
    results = {part: {engine.name: [] for engine in engines} for part in (name, *(f"{name}.{part}" for part in workload.parts))}
    turns = workload.quick if options.quick else workload.turns
    for turn in range(-min(workload.warmups, turns), turns):
        for engine in engines:
            time.sleep(PAUSE)
            numbers = workload.function(engine, options)
            if not isinstance(numbers, dict):
                numbers = {"": numbers[0]}
            for part, number in numbers.items():
                place = f"{name}.{part}" if part else name
                if turn >= 0 and place in results:
                    results[place][engine.name].append(number)
    for engine in engines:
        engine.remove_all()
    return results


def numbers_of(numbers, unit):
    """Median and 90th percentile as columns; dashes for what an engine does not have."""
    if not numbers:
        return f"{'-':>12} {unit:3} {'-':>9}"
    return f"{statistics.median(numbers):12.1f} {unit:3} {percentile(numbers, 0.9):9.1f}"


def describe_machine():
    load = os.getloadavg()[0]
    print(f"kernel {platform.release()}, {os.cpu_count()} processors, load {load:.2f}, CLI {DOCKER}")
    with open("/proc/mounts") as file:
        dynamic = any("favordynmods" in line for line in file)
    print(f"cgroup moves: {'favordynmods' if dynamic else 'default'}; data roots: ext4 with journal on loop devices; "
          f"networks: a namespace for each engine")


def report(results, engines):
    """The table; returns the number of missed targets."""
    missed = 0
    peer, ours = engines[0].name, engines[-1].name
    print(f"\n{'':38} {peer + ' median':>16} {'p90':>9} {ours + ' median':>16} {'p90':>9} {'ratio':>7} {'target':>7}")
    for name, numbers in results.items():
        base, _, part = name.partition(".")
        workload = WORKLOADS[base].parts[part] if part else WORKLOADS[base]
        a, b = numbers.get(peer), numbers.get(ours)
        row = f"{workload.what:38} {numbers_of(a, workload.unit)}"
        if b and peer != ours:
            ratio = statistics.median(a) / max(statistics.median(b), 1e-9) if a and workload.unit != "%" else None
            row += f" {numbers_of(b, workload.unit)} " + (f"{ratio:7.1f}" if ratio else f"{'-':>7}")
            if workload.target or workload.limit:
                fine = (workload.target is None or ratio >= workload.target) and (workload.limit is None or statistics.median(b) <= workload.limit)
                missed += not fine
                row += (f" {workload.target:7.1f}" if workload.target else " " * 8) + f"  {'pass' if fine else 'MISS'}"
                if workload.limit is not None:
                    row += f" (limit {workload.limit} {workload.unit})"
        print(row)
    return missed


def main():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few iterations")
    parser.add_argument("--only", choices=["dockerd", "cairn"], help="one side only")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--json", metavar="FILE", help="write all numbers there")
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD")
    options = parser.parse_args()
    if options.list:
        for name, workload in WORKLOADS.items():
            print(f"{name:14} " + "; ".join([workload.what, *(part.what.strip() for part in workload.parts.values())]))
        return 0
    names = options.workloads or list(WORKLOADS)
    for name in names:
        if name not in WORKLOADS:
            parser.error(f"no workload {name}; bench/run --list names them")
    options.lines = 200_000 if options.quick else 1_000_000

    work = tempfile.mkdtemp(prefix="cairn-bench-")
    engines, results = [], {}
    options.stock = None
    try:
        options.client = os.path.join(work, "engine")
        compile_c(os.path.join(HERE, "engine.c"), options.client)
        image = make_image(work)
        options.stock = Stock(work, options.quick)
        if options.only != "cairn":
            engines.append(Engine("dockerd", work, ["/usr/sbin/dockerd"], "10.213.0"))
        if options.only != "dockerd":
            engines.append(Engine("cairn", work, [os.environ["CAIRN_DIST"] + "/bin/cairnd"], "10.213.1"))
        describe_machine()
        for engine in engines:
            engine.start()
            print(f"{engine.name}: " + engine.docker("version", "--format", "{{.Server.Version}}, API {{.Server.APIVersion}}"))
            engine.docker("import", "-c", "ENV PATH=/bin", image, "busybox")
        done = 0
        for name in names:
            print(f"{name} ...", file=sys.stderr, flush=True)
            try:
                results.update(measure(name, engines, options))
                done += 1
            except (RuntimeError, subprocess.CalledProcessError) as failure:
                print(f"{name}: {failure}")
                for engine in engines:
                    with contextlib.suppress(RuntimeError):
                        engine.remove_all()
        missed = report(results, engines)
        if options.json:
            with open(options.json, "w") as file:
                json.dump(results, file, indent=1)
        return 1 if missed or done < len(names) else 0
    finally:
        for engine in engines:
            with contextlib.suppress(Exception):
                if engine.process and engine.process.poll() is None:
                    engine.remove_all()
            engine.stop()
            # Whatever is still mounted below goes lazily, and the loop device with it.
            subprocess.run(["umount", "-R", "-l", engine.root], stderr=subprocess.DEVNULL)
        if options.stock:
            options.stock.close()
        subprocess.run(["rm", "-rf", "--one-file-system", work])


if __name__ == "__main__":
    sys.exit(main())
