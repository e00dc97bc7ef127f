"""Writes launch plans, and speaks to shims, by what plan.table and docs/LAUNCH_PLAN.md say and nothing else."""

import fcntl
import os
import socket
import struct
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SHIM = os.environ.get("SHIM", os.path.join(HERE, "..", "build", "cairn-shim"))
SECTIONS = "pcn"


def _table():
    consts, ops = {}, {}
    for line in open(os.path.join(HERE, "..", "plan.table")):
        words = line.split()
        if words[:1] == ["const"]:
            consts[words[1]] = int(words[2], 0)
        elif words[:1] == ["op"]:
            ops[words[2]] = (int(words[1]), words[3], [w[0] for w in words[4:]])
    return consts, ops


CONST, OPS = _table()


def argument(kind, value):
    if kind == "i":
        return struct.pack("<Q", value)
    if kind == "s":
        value = value.encode() if isinstance(value, str) else value
        return struct.pack("<I", len(value)) + value + b"\0"
    parts = b"".join((v.encode() if isinstance(v, str) else v) + b"\0" for v in value)
    return struct.pack("<I", len(parts)) + parts


class Plan:
    """Steps in the order in which they are added; `index` of the last one is what a failure would name."""

    def __init__(self, kind="RUN"):
        self.kind = CONST["KIND_" + kind]
        self.steps = []

    def add(self, section, op, *arguments):
        number, _, kinds = OPS[op]
        assert len(kinds) == len(arguments), op
        body = b"".join(argument(k, v) for k, v in zip(kinds, arguments))
        self.steps.append(struct.pack("<HHI", number, SECTIONS.index(section), len(body)) + body)
        return self

    def prepare(self, op, *arguments):
        return self.add("p", op, *arguments)

    def connect(self, op, *arguments):
        return self.add("c", op, *arguments)

    def connect_first(self, op, *arguments):
        """The same, to a plan that has its inside section already."""
        step = Plan().connect(op, *arguments).steps[0]
        first = next(i for i, s in enumerate(self.steps) if struct.unpack_from("<HH", s)[1] == SECTIONS.index("n"))
        self.steps.insert(first, step)
        return self

    def inside(self, op, *arguments):
        return self.add("n", op, *arguments)

    @property
    def index(self):
        return len(self.steps) - 1

    def bytes(self):
        body = b"".join(self.steps)
        return struct.pack("<5I", CONST["MAGIC"], CONST["VERSION"], self.kind, len(self.steps), len(body)) + body


class Frames:
    """A control connection."""

    def __init__(self, connection):
        self.socket = connection
        connection.settimeout(20)
        self.pid = self.shim = self.start = self.shim_start = None

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise EOFError("connection ended")
            data += part
        return data

    def frame(self):
        kind, length = struct.unpack("<II", self._exactly(8))
        return kind, self._exactly(length)

    def expect(self, name):
        kind, payload = self.frame()
        if kind == CONST["REPORT_FAILED"] and name != "FAILED":
            raise AssertionError("FAILED %d %d %r" % (*struct.unpack("<Ii", payload[:8]), payload[8:]))
        assert kind == CONST["REPORT_" + name], (kind, payload)
        if name == "PID":
            self.pid, self.shim, self.start, self.shim_start = struct.unpack("<iiQQ", payload)
            return self
        if name == "FAILED":
            return (*struct.unpack("<Ii", payload[:8]), payload[8:].decode())
        if name == "EXITED":
            return struct.unpack("<iiQ", payload)[:2]
        return struct.unpack("<Q", payload)[0] if payload else None

    def started(self):
        self.expect("PID")
        self.expect("STARTED")
        return self

    def failure(self):
        """The failure, with or without pids before it; nothing may follow."""
        kind, payload = self.frame()
        if kind == CONST["REPORT_PID"]:
            self.pid, self.shim = struct.unpack("<ii", payload[:8])
            kind, payload = self.frame()
        assert kind == CONST["REPORT_FAILED"], kind
        assert self.socket.recv(1) == b""
        return (*struct.unpack("<Ii", payload[:8]), payload[8:].decode())

    def ask(self, name, *numbers):
        payload = struct.pack("<%dI" % len(numbers), *numbers)
        self.socket.sendall(struct.pack("<II", CONST["ASK_" + name], len(payload)) + payload)
        return self

    def close(self):
        self.socket.close()


def connect(path):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    return connection


class Launcher:
    """`cairn-shim serve`, as the daemon runs it."""

    def __init__(self, directory):
        self.path = os.path.join(directory, "launch.sock")
        # Left open on purpose, as a careless daemon would.
        opened = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
        self.leaked = fcntl.fcntl(opened, fcntl.F_DUPFD, 100)
        os.close(opened)
        self.process = subprocess.Popen([SHIM, "serve", self.path], stdin=subprocess.PIPE, pass_fds=(self.leaked,))
        for _ in range(500):
            if os.path.exists(self.path):
                break
            time.sleep(0.01)

    def launch(self, plan):
        connection = connect(self.path)
        connection.sendall(plan if isinstance(plan, bytes) else plan.bytes())
        return Frames(connection)

    def close(self):
        os.close(self.leaked)
        self.process.stdin.close()
        return self.process.wait(20)


class Tap:
    def __init__(self, directory, *wants):
        self.socket = connect(os.path.join(directory, "shim.sock"))
        self.socket.settimeout(20)
        flags = sum(CONST["ATTACH_" + w] for w in wants)
        self.socket.sendall(struct.pack("<III", CONST["ASK_ATTACH"], 4, flags))

    def rest(self):
        data = []
        while True:
            part = self.socket.recv(1 << 20)
            if not part:
                return b"".join(data)
            data.append(part)

    def streams(self):
        """What came on stdout and on stderr until the end."""
        data, at, out = self.rest(), 0, {1: b"", 2: b""}
        while at < len(data):
            stream, zeros, length = struct.unpack(">B3sI", data[at : at + 8])
            assert zeros == b"\0\0\0" and at + 8 + length <= len(data)
            out[stream] += data[at + 8 : at + 8 + length]
            at += 8 + length
        return out[1], out[2]


def run_file(plan, **keywords):
    """`cairn-shim run`: the finished process."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(plan if isinstance(plan, bytes) else plan.bytes())
        file.flush()
        return subprocess.run([SHIM, "run", file.name], capture_output=True, timeout=60, **keywords)
