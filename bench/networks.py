"""Workloads of networks: made and removed, with many containers on one, a compose project, and what passes over them."""

import contextlib
import json
import os
import shutil
import subprocess
import time

from engines import PAUSE, TREE, Part, Workload, timed
from verbs import ask

CROWD = 100
MEBIBYTES = 4096
QUESTIONS = 20_000
PORT = 5201
PROJECT = os.path.join(TREE, "acceptance/src/test/resources/compose/shop")


def network_create(engine, _):
    """`network create`, and `network rm` of the same; then both over the socket, without the CLI."""
    create, remove = timed(engine.docker, "network", "create", "made"), timed(engine.docker, "network", "rm", "made")
    took = {"": create + remove, "create": create, "rm": remove}
    time.sleep(PAUSE)
    took["create-socket"] = timed(ask, engine, "POST", "/v1.41/networks/create", {"Name": "made"})
    time.sleep(PAUSE)
    took["rm-socket"] = timed(ask, engine, "DELETE", "/v1.41/networks/made")
    return took


def network(engine, name):
    if name not in engine.docker("network", "ls", "--format", "{{.Name}}").split():
        engine.docker("network", "create", name)


def running(engine, name, *words):
    """A container of that name, started unless it runs."""
    if name not in engine.docker("ps", "--format", "{{.Names}}").split():
        engine.docker("run", "-d", "--name", name, *words)


def start_on(engine, name):
    network(engine, name)
    identity = engine.docker("create", "--network", name, "busybox", "sleep", "100000")
    time.sleep(PAUSE)
    took = timed(engine.docker, "start", identity)
    engine.docker("rm", "-f", identity)
    return took


def start_100th(engine, options):
    """`start` on a network of a hundred containers, and of one that is alone."""
    network(engine, "crowd")
    for number in range((10 if options.quick else CROWD) - 1):
        running(engine, f"crowd{number}", "--network", "crowd", "busybox", "sleep", "100000")
    among, first = start_on(engine, "crowd"), start_on(engine, "alone")
    return {"": among, "first": first, "slower": (among / first - 1) * 100}


# ---- compose


def plugin(engine):
    """The same plugin for both engines; it is given to the CLI by its configuration."""
    built = subprocess.run([os.path.join(TREE, "packaging/compose")], stdout=subprocess.PIPE, text=True)
    if built.returncode:
        raise RuntimeError(built.stdout.strip())
    plugins = os.path.join(engine.root, "cli-plugins")
    os.makedirs(plugins, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.symlink(built.stdout.strip(), plugins + "/docker-compose")


def project(engine):
    """The project of the tests with six services, without what waits for health or for the end of another."""
    directory = os.path.join(engine.root, "shop")
    if not os.path.exists(directory):
        plugin(engine)
        for image in ("nginx", "redis", "postgres"):
            made = subprocess.run([os.path.join(TREE, "acceptance/debian-image"), image], stdout=subprocess.PIPE, text=True)
            if made.returncode:
                raise RuntimeError(made.stdout.strip())
            engine.docker("import", made.stdout.strip(), image)
        shutil.copytree(PROJECT, directory)
        compose(engine, directory, "config", "--format", "json", "-o", directory + "/all.json")
        with open(directory + "/all.json") as file:
            model = json.load(file)
        for service in model["services"].values():
            service.pop("healthcheck", None)
            for condition in service.get("depends_on", {}).values():
                condition["condition"] = "service_started"
        with open(directory + "/compose.yaml", "w") as file:
            json.dump(model, file)
    return directory


def compose(engine, directory, *words):
    engine.docker("compose", "--project-directory", directory, "-f", directory + "/compose.yaml", "-p", "shop", *words)


def compose_up(engine, _):
    """`compose up -d`, and `compose down -v` once all of it has been up for a while."""
    directory = project(engine)
    up = timed(compose, engine, directory, "up", "-d")
    time.sleep(2)
    return {"": up, "down": timed(compose, engine, directory, "down", "-v", "-t", "0")}


# ---- traffic


def output(engine, *words):
    return float(engine.docker(*words).split()[-1])


def send(engine, options, network, host):
    """Milliseconds for all of MEBIBYTES, of which the quick run sends a part."""
    size = mebibytes(options)
    return output(engine, "run", "--rm", "--network", network, "busybox", "/bin/network", "source", host, str(PORT), str(size)) * MEBIBYTES / size


def mebibytes(options):
    return MEBIBYTES // 8 if options.quick else MEBIBYTES


def to_host(engine, options):
    """From a container to a program on its host, at the gateway's address."""
    program = os.path.join(os.path.dirname(engine.root), "network")
    with subprocess.Popen(["nsenter", "-t", str(engine.process.pid), "-n", program, "sink", str(PORT)], stdout=subprocess.PIPE) as sink:
        try:
            sink.stdout.readline()
            return [send(engine, options, "bridge", engine.subnet + ".1")]
        finally:
            sink.kill()


def address(engine, name):
    return engine.docker("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name)


def between(engine, options):
    """From one container of a network to another."""
    network(engine, "traffic")
    running(engine, "sink", "--network", "traffic", "busybox", "/bin/network", "sink", str(PORT))
    return [send(engine, options, "traffic", address(engine, "sink"))]


def names(engine, options):
    """Questions of one container for the name of another: many under way, then one after the other."""
    network(engine, "traffic")
    running(engine, "sink", "--network", "traffic", "busybox", "/bin/network", "sink", str(PORT))
    running(engine, "asker", "--network", "traffic", "busybox", "sleep", "100000")
    count = QUESTIONS // 4 if options.quick else QUESTIONS

    def took(at_once):
        return output(engine, "exec", "asker", "/bin/network", "ask", "127.0.0.11", "sink", str(count), str(at_once)) * QUESTIONS / count
    return {"": took(32), "one": took(1)}


NETWORK_WORKLOADS = {
    "network-create": Workload(network_create, "network create and rm", "ms", 5, 15, 3, parts={
        "create": Part("  create", "ms", None),
        "rm": Part("  rm", "ms", None),
        "create-socket": Part("  create over the socket", "ms", 5),
        "rm-socket": Part("  rm over the socket", "ms", 5)}),
    "start-100th": Workload(start_100th, "start, the 100th on its network", "ms", None, 15, 3, warmups=1, parts={
        "first": Part("  the first on its network", "ms", None),
        "slower": Part("  slower by, at most 10 of ours", "%", None, limit=10)}),
    "compose-up": Workload(compose_up, "compose up -d of six services", "ms", 3, 5, 2, warmups=1, parts={
        "down": Part("compose down -v of them", "ms", 3)}),
    "to-host": Workload(to_host, "4 GiB from container to host", "ms", 0.95, 5, 2, warmups=1),
    "between": Workload(between, "4 GiB from container to container", "ms", 0.95, 5, 2, warmups=1),
    "names": Workload(names, "20000 names, 32 at once", "ms", 2, 5, 2, warmups=1, parts={
        "one": Part("  one after the other", "ms", None)}),
}
