"""Workloads of verbs on containers, over the socket alone: lists, logs, files in and out."""

import http.client
import io
import json
import os
import socket
import tarfile
import time

from engines import PAUSE, Part, Workload, timed

MANY = 300
LARGE_FILES = 500        # of a megabyte each
SMALL_FILES = 5000      # of a kilobyte each


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("docker")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def drain(engine, path):
    """Reads an answer to its end and forgets it; the number of its bytes."""
    connection = UnixConnection(engine.socket)
    connection.request("GET", path)
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{engine.name}: GET {path}: {answer.status} {answer.read(200)!r}")
    buffer, total = bytearray(1 << 20), 0
    while count := answer.readinto(buffer):
        total += count
    connection.close()
    return total


def ask(engine, method, path, body=None):
    """A request that is to succeed."""
    connection = UnixConnection(engine.socket)
    connection.request(method, path, body=json.dumps(body) if body else None, headers={"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{engine.name}: {method} {path}: {answer.status} {text[:200]!r}")
    connection.close()
    return text


def logs_read(engine, options):
    """Milliseconds until all of a log has been received, and of the daemon's processors meanwhile."""
    name = "talker"
    if not engine.docker("ps", "-aq", "--filter", "name=" + name):
        engine.docker("run", "-d", "--name", name, "--network", "none", "busybox", "/bin/probe", "lines", str(options.lines), "100")
        engine.docker("wait", name)
        time.sleep(1)
    cpu = engine.cpu()
    size = 0

    def read():
        nonlocal size
        size = drain(engine, f"/v1.41/containers/{name}/logs?stdout=1&stderr=1")
    took = timed(read)
    if size != options.lines * 108:
        raise RuntimeError(f"{engine.name}: {size} bytes of logs, not {options.lines * 108}")
    return {"": took, "cpu": (engine.cpu() - cpu) * 1000}


def ps_many(engine, _):
    """`ps -a` with many containers."""
    missing = MANY - len(engine.docker("ps", "-aq").split())
    for _ in range(missing):
        engine.docker("create", "--network", "none", "--label", "a=b", "busybox", "sleep", "1000")
    return [timed(drain, engine, "/v1.41/containers/json?all=1")]


def start_private(engine, _):
    """`start` of a container, and where the engine can have that, of one with a range of ids of its own; how much longer that takes."""
    def start(mode):
        made = ask(engine, "POST", "/v1.41/containers/create", {
            "Image": "busybox", "Cmd": ["sleep", "100000"], "HostConfig": {"NetworkMode": "none", "UsernsMode": mode}})
        time.sleep(PAUSE)
        took = timed(ask, engine, "POST", f"/v1.41/containers/{json.loads(made)['Id']}/start")
        engine.docker("rm", "-f", json.loads(made)["Id"])
        return took
    plain = start("")
    if engine.name == "dockerd":
        return {"": plain}
    private = start("private")
    return {"": plain, "private": private, "more": private - plain}


def make_tar(engine):
    """A tar of 500 MB in large and small files."""
    path = os.path.join(engine.root, "tree.tar")
    if not os.path.exists(path):
        with tarfile.open(path, "w") as tar:
            for number in range(LARGE_FILES):
                add(tar, f"large{number}", os.urandom(1000) * 1000)
            for number in range(SMALL_FILES):
                add(tar, f"d{number % 50}/small{number}", os.urandom(1000))
    return path


def add(tar, name, content):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o644
    tar.addfile(entry, io.BytesIO(content))


def copied(engine):
    if not engine.docker("ps", "-aq", "--filter", "name=copied"):
        engine.docker("run", "-d", "--name", "copied", "--network", "none", "busybox", "sleep", "100000")
        engine.docker("exec", "copied", "mkdir", "/in")


def put(engine, tar, path):
    with open(tar, "rb") as file:
        connection = UnixConnection(engine.socket)
        connection.blocksize = 1 << 20
        connection.request("PUT", path, body=file, headers={"Content-Type": "application/x-tar", "Content-Length": str(os.path.getsize(tar))})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{engine.name}: PUT {path}: {answer.status} {text[:200]!r}")
        connection.close()


def copy_in(engine, _):
    tar = make_tar(engine)
    copied(engine)
    engine.docker("exec", "copied", "sh", "-c", "rm -rf /in; mkdir /in; sync")
    return [timed(put, engine, tar, "/v1.41/containers/copied/archive?path=/in")]


def copy_out(engine, _):
    copied(engine)
    if not engine.docker("exec", "copied", "ls", "/in"):
        put(engine, make_tar(engine), "/v1.41/containers/copied/archive?path=/in")
    return [timed(drain, engine, "/v1.41/containers/copied/archive?path=/in")]


VERB_WORKLOADS = {
    "logs-read": Workload(logs_read, "logs of a long log, socket only", "ms", 6, 5, 2, warmups=1, parts={
        "cpu": Part("  processor time of it", "ms", None)}),
    "userns": Workload(start_private, "start, socket only", "ms", None, 25, 5, parts={
        "private": Part("  with --userns private", "ms", None),
        "more": Part("  more, at most 2 of ours", "ms", None, limit=2)}),
    "ps-300": Workload(ps_many, "ps -a of 300, socket only", "ms", 10, 25, 5),
    "cp-in": Workload(copy_in, "cp of 500 MB in, socket only", "ms", 2, 5, 2, warmups=1),
    "cp-out": Workload(copy_out, "cp of 500 MB out, socket only", "ms", 2, 5, 2, warmups=1),
}
