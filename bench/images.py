"""Workloads with images: pulled from and pushed to Debian's docker-registry on loopback, loaded and saved as archives.

The images are generated from a fixed seed: one of many small files, one of several layers. A registry stands in the network namespace of
each engine, with its data on a tmpfs. What an engine's work costs is counted over its daemon and all children, ended ones too.
"""

import contextlib
import hashlib
import http.client
import io
import json
import os
import random
import re
import shutil
import socket
import subprocess
import tarfile
import threading
import time

from engines import DOCKER, PAUSE, Part, Workload, check, timed

PORT = 5123
REGISTRY = f"127.0.0.1:{PORT}"
TIME = 1_700_000_000


# ---- content


class Content:
    """Bytes that compress about as well as programs and their data do: two to three times."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        words = ["".join(self.random.choices("etaoinshrdlucmfw_.(){}=;", k=self.random.randint(2, 12))) for _ in range(6000)]
        text = " ".join(words[min(int(self.random.expovariate(1 / 900)), 5999)] for _ in range(700_000))
        self.corpus = text.encode()

    def of(self, size):
        parts = []
        while size > 0:
            n = min(size, self.random.randint(2000, 60_000))
            noise = n // 7
            at = self.random.randrange(len(self.corpus) - n)
            parts += [self.corpus[at:at + n - noise], self.random.randbytes(noise)]
            size -= n
        return b"".join(parts)


def write_layer(path, number, size, files, content):
    """A layer's tar: directories, files whose sizes are spread as real ones are, and some links."""
    pick = content.random
    weights = [pick.lognormvariate(0, 1.5) for _ in range(files)]
    scale = size / sum(weights)
    top = f"usr/lib/part{number}"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT, bufsize=1 << 20) as tar:
        def add(name, kind, data=b"", link="", mode=0o644):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode, entry.mtime, entry.size, entry.linkname = kind, mode, TIME, len(data), link
            tar.addfile(entry, io.BytesIO(data))
        for name in ("usr", "usr/lib", top):
            add(name, tarfile.DIRTYPE, mode=0o755)
        for index, weight in enumerate(weights):
            directory = f"{top}/d{index // 16:05}"
            if index % 16 == 0:
                add(directory, tarfile.DIRTYPE, mode=0o755)
            if index % 40 == 39:
                add(f"{directory}/link{index}", tarfile.SYMTYPE, link=f"file{index - 1}", mode=0o777)
            else:
                add(f"{directory}/file{index}", tarfile.REGTYPE, content.of(int(weight * scale)), mode=0o755 if index % 5 == 0 else 0o644)


class Image:
    """One generated image: as an archive, and as blobs for a registry."""

    def __init__(self, work, name, layers, seed):
        self.name = name
        self.archive = f"{work}/{name}.tar"
        self.layers = []
        content = Content(seed)
        for number, (size, files) in enumerate(layers):
            plain = f"{work}/{name}.{number}.tar"
            write_layer(plain, number, size, files, content)
            with open(plain + ".gz", "wb") as out:
                subprocess.run(["pigz", "-6", "-n", "-c", plain], stdout=out, check=True)
            self.layers.append((plain, digest(plain), plain + ".gz", digest(plain + ".gz")))
        self.config = json.dumps({
            "architecture": "amd64", "os": "linux", "created": "2024-01-01T00:00:00Z", "config": {"Cmd": ["true"]},
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + layer[1] for layer in self.layers]},
            "history": [{"created": "2024-01-01T00:00:00Z", "created_by": f"layer {n}"} for n in range(len(self.layers))],
        }).encode()
        self.write_archive()

    def write_archive(self):
        with tarfile.open(self.archive, "w", bufsize=1 << 20) as tar:
            names = []
            for plain, diff_id, _, _ in self.layers:
                names.append(diff_id + "/layer.tar")
                entry = tarfile.TarInfo(names[-1])
                entry.size = os.path.getsize(plain)
                with open(plain, "rb") as file:
                    tar.addfile(entry, file)
                os.unlink(plain)
            config = hashlib.sha256(self.config).hexdigest() + ".json"
            add_bytes(tar, config, self.config)
            manifest = [{"Config": config, "RepoTags": [self.name + ":latest"], "Layers": names}]
            add_bytes(tar, "manifest.json", json.dumps(manifest).encode())

    def upload(self, port):
        """Into a registry, by its plain API, so that no engine has a part in it."""
        for _, _, path, hash_ in self.layers:
            with open(path, "rb") as file:
                upload_blob(port, self.name, hash_, file, os.path.getsize(path))
        config = hashlib.sha256(self.config).hexdigest()
        upload_blob(port, self.name, config, io.BytesIO(self.config), len(self.config))
        kind = "application/vnd.docker.distribution.manifest.v2+json"
        manifest = json.dumps({
            "schemaVersion": 2, "mediaType": kind,
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(self.config), "digest": "sha256:" + config},
            "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": os.path.getsize(path),
                        "digest": "sha256:" + hash_} for _, _, path, hash_ in self.layers],
        }).encode()
        request(port, "PUT", f"/v2/{self.name}/manifests/latest", manifest, {"Content-Type": kind})
        for _, _, path, _ in self.layers:
            os.unlink(path)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def add_bytes(tar, name, data):
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))


def request(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"registry: {method} {path}: {answer.status}")
    return answer


def upload_blob(port, name, hash_, file, size):
    place = request(port, "POST", f"/v2/{name}/blobs/uploads/", b"").headers["Location"]
    path = re.sub(r"^https?://[^/]+", "", place)
    request(port, "PUT", f"{path}{'&' if '?' in path else '?'}digest=sha256:{hash_}", file,
            {"Content-Length": str(size), "Content-Type": "application/octet-stream"})


# ---- registries


class Registry:
    """docker-registry, in the network namespace of a process or in ours."""

    def __init__(self, root, port, namespace_of=None):
        os.makedirs(root, exist_ok=True)
        self.namespace_of = namespace_of
        config = f"{root}/config-{namespace_of}.yml"
        with open(config, "w") as file:
            file.write(f"version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n"
                       f"storage: {{filesystem: {{rootdirectory: {root}/data}}, cache: {{blobdescriptor: inmemory}}}}\n"
                       f"http: {{addr: '127.0.0.1:{port}'}}\n")
        self.enter = ["nsenter", f"--net=/proc/{namespace_of}/ns/net"] if namespace_of else []
        self.process = subprocess.Popen([*self.enter, "docker-registry", "serve", config],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        probe = [*self.enter, "bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}"]
        for _ in range(200):
            if subprocess.run(probe, stderr=subprocess.DEVNULL).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("docker-registry does not answer")

    def stop(self):
        self.process.kill()
        self.process.wait()


class Stock:
    """What the workloads share: the generated images, made when first asked for, and the registries."""

    def __init__(self, work, quick):
        self.work = work + "/images"
        self.scale = 10 if quick else 1
        self.images = {}
        self.registries = {}
        os.makedirs(self.work)
        self.shelf = self.work + "/registry"
        os.makedirs(self.shelf)
        check("mount", "-t", "tmpfs", "none", self.shelf)

    def image(self, name):
        if name not in self.images:
            mega = 1_000_000 // self.scale
            few = self.scale
            layers = {
                "small": [(500 * mega, 47_000 // few)],
                "layers": [(80 * mega, 6000 // few), (320 * mega, 500 // few), (700 * mega, 3300 // few), (500 * mega, 20_000 // few),
                           (300 * mega, 100 // few), (100 * mega, 2000 // few)],
            }[name]
            image = Image(self.work, name, layers, seed=name)
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            registry = Registry(self.shelf + "/full", port)
            try:
                image.upload(port)
            finally:
                registry.stop()
            self.images[name] = image
        return self.images[name]

    def registry(self, engine):
        """The full one, in the engine's network."""
        pid = engine.process.pid
        known = self.registries.get(engine.name)
        if known is None or known.namespace_of != pid:
            if known:
                known.stop()
            self.registries[engine.name] = Registry(self.shelf + "/full", PORT, pid)

    def thousand(self):
        """An archive of 1,000 images that share a layer."""
        path = self.work + "/thousand.tar"
        if not os.path.exists(path):
            layer = io.BytesIO()
            with tarfile.open(fileobj=layer, mode="w") as tar:
                add_bytes(tar, "hello", b"hello\n")
            diff_id = "sha256:" + hashlib.sha256(layer.getvalue()).hexdigest()
            with tarfile.open(path, "w") as tar:
                manifest = []
                add_bytes(tar, "layer.tar", layer.getvalue())
                for number in range(1000):
                    config = json.dumps({
                        "architecture": "amd64", "os": "linux", "created": f"2024-01-01T00:{number // 60:02}:{number % 60:02}Z",
                        "config": {"Labels": {"number": str(number)}}, "rootfs": {"type": "layers", "diff_ids": [diff_id]},
                        "history": [{"created_by": "made"}]}).encode()
                    name = hashlib.sha256(config).hexdigest() + ".json"
                    add_bytes(tar, name, config)
                    manifest.append({"Config": name, "RepoTags": [f"team{number % 50}/image{number}:1"], "Layers": ["layer.tar"]})
                add_bytes(tar, "manifest.json", json.dumps(manifest).encode())
        return path

    def close(self):
        for registry in self.registries.values():
            registry.stop()
        subprocess.run(["umount", "-l", self.shelf])
        shutil.rmtree(self.work)


# ---- workloads


def settle(engine):
    """Waits until the engine does nothing any more and the disk is quiet."""
    before = engine.cpu()
    while True:
        time.sleep(0.4)
        now = engine.cpu()
        if now - before < 0.02:
            break
        before = now
    os.sync()
    time.sleep(PAUSE)


def costs(engine, function, *arguments):
    """Milliseconds, CPU seconds and megabytes of growth."""
    settle(engine)
    start = engine.mark_memory()
    before = engine.cpu()
    took = timed(function, *arguments)
    growth = (engine.peak_memory() - start) / 1024
    time.sleep(0.3)
    return {"": took, "cpu": engine.cpu() - before, "memory": growth}


def pull(engine, options, name):
    options.stock.image(name)
    options.stock.registry(engine)
    reference = f"{REGISTRY}/{name}:latest"
    numbers = costs(engine, engine.docker, "pull", "-q", reference)
    engine.docker("rmi", reference)
    return numbers


def push(engine, options, name):
    image = options.stock.image(name)
    engine.docker("load", "-q", "-i", image.archive)
    engine.docker("tag", name, f"127.0.0.1:{PORT + 1}/{name}")
    registry = Registry(f"{options.stock.shelf}/empty-{engine.name}", PORT + 1, engine.process.pid)
    try:
        numbers = costs(engine, engine.docker, "push", "-q", f"127.0.0.1:{PORT + 1}/{name}")
    finally:
        registry.stop()
        shutil.rmtree(f"{options.stock.shelf}/empty-{engine.name}")
    engine.docker("rmi", f"127.0.0.1:{PORT + 1}/{name}", name)
    return {"": numbers[""], "cpu": numbers["cpu"]}


def archive(engine, options, name):
    """load, save and rmi of one image."""
    image = options.stock.image(name)
    numbers = costs(engine, engine.docker, "load", "-q", "-i", image.archive)
    settle(engine)
    numbers["save"] = timed(subprocess.run, engine.command_line("save", name), env=engine.environment, stdout=subprocess.DEVNULL, check=True)
    settle(engine)
    numbers["rmi"] = timed(engine.docker, "rmi", name)
    settle(engine)
    return numbers


def thousand(engine, options):
    if "team1/image1" not in engine.docker("images", "--format", "{{.Repository}}"):
        engine.docker("load", "-q", "-i", options.stock.thousand())
        time.sleep(1)
    rows = engine.docker("images", "-q").split()
    if len(rows) < 1000:
        raise RuntimeError(f"{engine.name}: lists {len(rows)} images of 1,000")
    took = timed(engine.docker, "images")
    with Recorded(engine) as recorded:
        own = timed(recorded.docker, "images")
    return {"": took, "cli": own, "api": timed(engine.get, "/images/json")}


class Recorded:
    """An engine's list of images, answered from memory: what the CLI takes against it is the CLI's own time."""

    def __init__(self, engine):
        self.body = engine.get("/v1.41/images/json").split(b"\r\n\r\n", 1)[1]
        if self.body[:1] != b"[":
            self.body = self.body[self.body.index(b"["):self.body.rindex(b"]") + 1]
        self.path = engine.root + "/recorded.sock"
        self.environment = dict(engine.environment, DOCKER_HOST="unix://" + self.path)

    def __enter__(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.path)
        self.socket.listen(8)
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        os.unlink(self.path)

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rwb") as stream:
            for line in stream:
                if line == b"\r\n":
                    stream.write(b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\nContent-Length: "
                                 b"%d\r\n\r\n" % (0 if ping else len(self.body)))
                    stream.write(b"" if ping else self.body)
                    stream.flush()
                elif line.endswith(b" HTTP/1.1\r\n"):
                    ping = b"/_ping" in line

    def docker(self, *words):
        subprocess.run([DOCKER, *words], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)


def of(function, name):
    return lambda engine, options: function(engine, options, name)


SMALL, LAYERS = "50,000 small files", "2 GB in 6 layers"


def moved(function, name, verb, what, target, turns):
    parts = {"cpu": Part("  its CPU time", "s", 2.5 if verb == "pull" else None)}
    if verb != "push":
        parts["memory"] = Part("  its memory", "MB", None, limit=64 if verb == "pull" else None)
    return Workload(of(function, name), f"{verb}, {what}", "ms", target, turns, 1, warmups=0, parts=parts)


def archived(name, what, turns):
    workload = moved(archive, name, "load", what, 3, turns)
    workload.parts["save"] = Part(f"save, {what}", "ms", 3)
    workload.parts["rmi"] = Part(f"rmi, {what}", "ms", 10)
    return workload


IMAGE_WORKLOADS = {
    "pull-small": moved(pull, "small", "pull", SMALL, 3, 3),
    "pull-layers": moved(pull, "layers", "pull", LAYERS, 3, 3),
    "push-small": moved(push, "small", "push", SMALL, 2, 2),
    "push-layers": moved(push, "layers", "push", LAYERS, 2, 2),
    "archive-small": archived("small", SMALL, 5),
    "archive-layers": archived("layers", LAYERS, 3),
    # The CLI's own work on a thousand rows is most of the first number, whatever the engine does: its own row says how much.
    "images-1000": Workload(thousand, "images, 1,000 in the store, CLI", "ms", 3, 15, 5, warmups=1,
                            parts={"cli": Part("  of that the CLI itself", "ms", None),
                                   "api": Part("  the same over the socket", "ms", 3)}),
}
