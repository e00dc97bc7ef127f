"""Workloads among many running containers, and ends of single ones."""

import time
from concurrent.futures import ThreadPoolExecutor

from engines import PAUSE, Part, Workload, memory, process_table, timed

# Ends at once on SIGTERM, as the first process of a container does only if it says so.
HANDLES = "trap 'exit 0' TERM; sleep 100000 & wait"


def crowd(engine, options):
    """Has so many containers running; returns their number."""
    count = 30 if options.quick else 300
    missing = count - len(engine.docker("ps", "-q").split())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: engine.docker("run", "-d", "--network", "none", "busybox", "sleep", "100000"), range(missing)))
    if missing > 0:
        time.sleep(2)
    return count


def run_rm(engine):
    time.sleep(PAUSE)
    return timed(engine.docker, "run", "--rm", "--network", "none", "busybox", "true")


def run_in_crowd(engine, options):
    """`run --rm` among many, and, in turns that come first, without them: milliseconds each, and their quotient."""
    if not hasattr(engine, "alone"):
        engine.remove_all()
        for _ in range(5):
            run_rm(engine)
        engine.alone = sorted(run_rm(engine) for _ in range(3 if options.quick else 25))
    crowd(engine, options)
    alone = engine.alone[len(engine.alone) // 2]
    among = run_rm(engine)
    return {"": among, "alone": alone, "slower": (among / alone - 1) * 100}


def memory_of_crowd(engine, options):
    """Megabytes of the daemon, its helpers and all monitors: what is theirs alone, and their part of what they share."""
    crowd(engine, options)
    time.sleep(10)  # Both give memory back some time after the last request.
    inside = set(map(int, engine.docker("inspect", "--format", "{{.State.Pid}}", *engine.docker("ps", "-q").split()).split()))
    table = process_table()
    monitors = {table[pid][0] for pid in inside}
    # Monitors may be the daemon's children, and the containers' processes theirs.
    rss, pss = memory((engine.daemon_processes() | monitors) - inside)
    return {"": pss / 1024, "rss": rss / 1024}


def stop_handled(engine, _):
    """`stop` of a container that ends on SIGTERM."""
    identity = engine.docker("run", "-d", "busybox", "sh", "-c", HANDLES)
    time.sleep(0.3)
    took = timed(engine.docker, "stop", identity)
    engine.docker("rm", identity)
    return [took]


def remove_running(engine, _):
    """`rm -f` of one running container."""
    identity = engine.docker("run", "-d", "busybox", "sleep", "100000")
    time.sleep(0.3)
    return [timed(engine.docker, "rm", "-f", identity)]


CROWD_WORKLOADS = {
    "stop": Workload(stop_handled, "stop of one that ends on SIGTERM", "ms", 3, 15, 5),
    "remove": Workload(remove_running, "rm -f of one", "ms", 3, 15, 5),
    "run-300": Workload(run_in_crowd, "run --rm with 300 running", "ms", 5, 25, 5, parts={
        "alone": Part("  with none running", "ms", None),
        "slower": Part("  slower by, at most 5 of ours", "%", None, limit=5)}),
    "memory-300": Workload(memory_of_crowd, "memory with 300 containers, PSS", "MB", 10, 1, 1, warmups=0, parts={
        "rss": Part("  resident", "MB", None)}),
}
