"""Starts a private daemon with --debug, runs containers, and makes a table of the lines `phases WHAT name=ms ...` in its log."""
import collections
import contextlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import bench

WARM_UPS = 30


def collect(log):
    """The milliseconds of each phase, by what was done, in the order in which they are logged."""
    table = collections.OrderedDict()
    for line in log.splitlines():
        found = re.search(r"phases (\w+) (.*)", line)
        if found:
            for word in found.group(2).split():
                name, value = word.split("=")
                table.setdefault((found.group(1), name), []).append(float(value))
    return table


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    work = tempfile.mkdtemp(prefix="cairn-phases-")
    engine = bench.Engine("cairn", work, [os.environ["CAIRN_DIST"] + "/bin/cairnd", "--debug"], "10.213.2")
    try:
        engine.start()
        engine.docker("import", "-c", "ENV PATH=/bin", bench.make_image(work), "busybox")
        for network in ("none", "bridge"):
            for _ in range(WARM_UPS):
                engine.docker("run", "--rm", "--network", network, "busybox", "true")
            with open(engine.root + "/log") as log:
                before = len(log.read())
            for _ in range(count):
                engine.docker("run", "--rm", "--network", network, "busybox", "true")
                time.sleep(0.02)
            with open(engine.root + "/log") as log:
                table = collect(log.read()[before:])
            print(f"\nrun --rm --network {network}, {count} containers, medians in ms")
            total = 0
            for (what, phase), values in table.items():
                median = statistics.median(values)
                total += median
                print(f"  {what:8} {phase:10} {median:8.3f}")
            print(f"  {'':8} {'sum':10} {total:8.3f}")
    finally:
        engine.stop()
        subprocess.run(["umount", "-R", "-l", engine.root], stderr=subprocess.DEVNULL)
        with contextlib.suppress(OSError):
            subprocess.run(["rm", "-rf", "--one-file-system", work])


if __name__ == "__main__":
    main()
