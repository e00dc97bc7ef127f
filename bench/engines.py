"""Two daemons to compare, each with roots, a file system and a network of its own, and what is measured of them."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.dirname(HERE)
DOCKER = "/usr/local/bin/docker" if os.access("/usr/local/bin/docker", os.X_OK) else "/usr/bin/docker"
PAUSE = 0.1


class Engine:
    """One daemon with roots, socket and network of its own."""

    def __init__(self, name, work, command, subnet):
        self.name = name
        self.root = os.path.join(work, name)
        self.command = command
        self.subnet = subnet
        self.socket = os.path.join(self.root, "engine.sock")
        self.process = None
        self.flags = []
        self.first_answer = []
        os.makedirs(self.root)
        image = self.root + ".ext4"
        with open(image, "wb") as file:
            file.truncate(16 << 30)
        check("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)
        check("mount", "-o", "loop", image, self.root)
        self.environment = dict(os.environ, DOCKER_HOST="unix://" + self.socket, DOCKER_CONFIG=self.root, DOCKER_CLI_HINTS="false")

    def start(self):
        """Starts the daemon; returns the seconds until it answered its first request, a ping, and then a list of containers."""
        log = open(os.path.join(self.root, "log"), "ab")
        begin = time.perf_counter()
        self.process = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"', *self.command,
             "--data-root", self.root + "/data", "--exec-root", self.root + "/exec", "-H", "unix://" + self.socket,
             "--pidfile", self.root + "/pid", "--bip", self.subnet + ".1/24", *self.flags],
            stdout=log, stderr=log, start_new_session=True)
        while time.perf_counter() - begin < 60:
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended with status {self.process.returncode}; see {self.root}/log:\n" + tail(self.root + "/log"))
            if self.answers():
                first = time.perf_counter() - begin
                self.get("/v1.41/containers/json")
                return first, time.perf_counter() - begin
            time.sleep(0.002)
        sys.exit(f"{self.name} does not answer:\n" + tail(self.root + "/log"))

    def answers(self):
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(self.socket)
                connection.sendall(b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
                return connection.recv(100).startswith(b"HTTP/1.1 200")
            except OSError:
                return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def docker(self, *words):
        """Runs the stock CLI; returns its output."""
        done = subprocess.run(self.command_line(*words), env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise RuntimeError(f"{self.name}: docker {' '.join(words)}: status {done.returncode}: {done.stderr.strip()}")
        return done.stdout.strip()

    def command_line(self, *words):
        return [DOCKER, *words]

    def get(self, path):
        """The body of an API request's answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.socket)
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(1 << 20), b""))
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{self.name}: GET {path}: {answer[:100]!r}")
            return answer

    def remove_all(self):
        ids = self.docker("ps", "-aq").split()
        if ids:
            self.docker("rm", "-f", *ids)
        self.docker("network", "prune", "-f")

    def daemon_processes(self):
        """The daemon and its children (containerd; the launcher), without monitors and containers."""
        found, parents = {self.process.pid}, process_table()
        for pid, (parent, command) in sorted(parents.items()):
            if parent in found and "containerd-shim" not in command:
                found.add(pid)
        return found


    def cpu(self):
        """Seconds that the daemon and its children have used, ended ones too."""
        ticks = 0
        for pid in self.daemon_processes():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
                ticks += sum(map(int, file.read().rsplit(")", 1)[1].split()[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def mark_memory(self):
        """Resident kilobytes now, from where `peak_memory` counts."""
        for pid in self.daemon_processes():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/clear_refs", "w") as file:
                file.write("5")
        return self.status("VmRSS")

    def peak_memory(self):
        return self.status("VmHWM")

    def status(self, field):
        total = 0
        for pid in self.daemon_processes():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as file:
                found = re.search(rf"^{field}:\s+(\d+)", file.read(), re.M)
                total += int(found[1]) if found else 0
        return total


def check(*words):
    subprocess.run(words, check=True)


def tail(path):
    with open(path, errors="replace") as file:
        return "".join(file.readlines()[-15:])


def process_table():
    table = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/stat") as file:
                text = file.read()
            with open(f"/proc/{pid}/cmdline") as file:
                command = file.read().replace("\0", " ")
            table[int(pid)] = (int(text.rsplit(")", 1)[1].split()[1]), command)
    return table


def memory(pids):
    """Resident and proportional kilobytes of some processes."""
    rss = pss = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/smaps_rollup") as file:
                text = file.read()
            rss += int(re.search(r"^Rss:\s+(\d+)", text, re.M)[1])
            pss += int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1])
    return rss, pss


def timed(function, *arguments, **options):
    begin = time.perf_counter()
    function(*arguments, **options)
    return (time.perf_counter() - begin) * 1000


def compile_c(source, target):
    check("musl-gcc", "-static", "-O2", "-Wall", "-idirafter", "/usr/include", "-idirafter", "/usr/include/x86_64-linux-gnu",
          "-o", target, source)


class Part:
    """A number that a workload gives beside its own."""

    def __init__(self, what, unit, target, limit=None):
        self.what, self.unit, self.target, self.limit = what, unit, target, limit


class Workload(Part):
    """A function (engine, options) -> the numbers of one turn: a list, or a dictionary with "" and the names of the parts.

    `target` is how many times the peer's number must be Cairn's; `limit` is absolute, in the unit.
    """

    def __init__(self, function, what, unit, target, turns, quick, warmups=3, limit=None, parts=None):
        super().__init__(what, unit, target, limit)
        self.function, self.turns, self.quick, self.warmups, self.parts = function, turns, quick, warmups, parts or {}
