"""The cases. Each is a sentence; what it leaves behind, `nothing_is_left` finds at the end."""

import contextlib
import ctypes
import codecs
import errno
import fcntl
import hashlib
import json
import os
import random
import re
import select
import shutil
import signal
import socket
import struct
import tempfile
import subprocess
import sys
import termios
import threading
import time

import plan as wire
from plan import CONST, Frames, Launcher, Plan, Tap, connect, run_file

ALL = {}
NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWPID, NEWNET = 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x20000000, 0x40000000
ALL_NAMESPACES = NEWCGROUP | NEWUTS | NEWIPC | NEWPID | NEWNET
MS_REC, MS_PRIVATE, MS_SLAVE, MS_SHARED = 0x4000, 1 << 18, 1 << 19, 1 << 20
NOSUID, NODEV, NOEXEC, RDONLY, STRICTATIME = 2, 4, 8, 1, 0x20
ALL_CAPS = (1 << 41) - 1
ENVIRONMENT = ["PATH=/bin", "TERM=dumb"]
SANITIZED = "sanitized" in wire.SHIM
INIT = wire.SHIM.replace("cairn-shim", "cairn-init")
# What a sanitizer finds goes where the parent can see it, also from shims that have no stderr.
os.environ["ASAN_OPTIONS"] = "detect_leaks=0:log_path=/tmp/cairn-shim-asan"
os.environ["UBSAN_OPTIONS"] = "print_stacktrace=1:log_path=/tmp/cairn-shim-asan"

work = root = launcher = mounts_before = shim_hash = None
seen_processes = []
directories = []


def case(function):
    ALL[function.__name__] = function
    return function


def prepare(directory):
    global work, root, launcher, mounts_before, shim_hash
    work, root = directory, directory + "/root"
    for name in ("bin", "proc", "dev", "sys", "tmp", "etc", "data", "usr/deep"):
        os.makedirs(root + "/" + name)
    shutil.copy("/bin/busybox", root + "/bin/busybox")
    for applet in subprocess.check_output(["/bin/busybox", "--list"], text=True).split():
        if applet != "busybox":
            os.symlink("busybox", root + "/bin/" + applet)
    launcher = Launcher(work)
    mounts_before = open("/proc/self/mountinfo").read()
    shim_hash = hashlib.sha256(open(wire.SHIM, "rb").read()).digest()


def finish():
    launcher.close()


def new_directory():
    path = work + "/c%d" % len(directories)
    os.mkdir(path, 0o700)
    directories.append(path)
    return path


def log_arguments(path, max_size, max_files, attributes="", format="JSON_FILE", compressed=0):
    return path, CONST["LOG_" + format], max_size, max_files, compressed, attributes


def container(command, stdio="PIPES", open_stdin=0, stdin_once=0, taps=0, size=(0, 0), log=None, namespaces=ALL_NAMESPACES,
              extra=(), extra_sources=(), directory=None, connect_steps=(), last=(), environment=ENVIRONMENT):
    """A plan for a container of the test root much as the engine makes it."""
    p = Plan()
    p.directory = directory or new_directory()
    p.prepare("MONITOR", p.directory, CONST["STDIO_" + stdio], open_stdin, stdin_once, taps, *size)
    p.log = p.directory + "/log"
    log = log or (0, 1)
    p.prepare("LOG", *log_arguments(p.log, *log))
    p.prepare("CLONE", namespaces, "")
    for step in connect_steps:
        p.connect(*step)
    p.inside("OPEN_TREE", 0, "/dev/null", 0)
    p.inside("OPEN_TREE", 1, root, 1)
    for step in extra_sources:
        p.inside(*step)
    p.inside("EMPTY_MOUNTS")
    p.inside("ROOT", 1)
    p.inside("MOUNT", "proc", "proc", "/proc", NOSUID | NODEV | NOEXEC, "")
    p.inside("MOUNT", "tmpfs", "tmpfs", "/dev", NOSUID | STRICTATIME, "mode=755,size=65536k")
    p.inside("MKDIR", "/dev/pts", 0o755)
    p.inside("MOUNT", "devpts", "devpts", "/dev/pts", NOSUID | NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5")
    p.inside("MKNOD", "/dev/null", 0o20666, 1, 3, 0, 0)
    p.inside("MKNOD", "/dev/zero", 0o666, 1, 5, 0, 0)
    p.inside("SYMLINK", "pts/ptmx", "/dev/ptmx")
    for step in extra:
        p.inside(*step)
    if stdio == "PTY":
        p.inside("CONSOLE", "/dev/console")
    for step in last:
        p.inside(*step)
    p.inside("EXEC", ["/bin/" + command[0]], command, environment)
    return p


def shell(script, **keywords):
    return container(["sh", "-c", script], **keywords)


def launch(p):
    frames = launcher.launch(p).started()
    seen_processes.append((frames.pid, frames.start))
    seen_processes.append((frames.shim, frames.shim_start))
    return frames


def output_of(p):
    """Stdout, stderr and exit of a container that an attached client sees from its first byte."""
    frames = launch(p)
    tap = Tap(p.directory, "STDOUT", "STDERR")
    out, err = tap.streams()
    return out.decode(), err.decode(), frames.expect("EXITED")


def logged(path, stream="stdout"):
    return "".join(r["log"] for r in map(json.loads, open(path)) if r["stream"] == stream)


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def fails(p, error, *words):
    """The plan's last-added interesting step fails; what the report says of it."""
    frames = launcher.launch(p)
    step, number, text = frames.failure()
    assert number == error, (step, number, text)
    for word in words:
        assert word in text, text
    if frames.shim:
        until(lambda: not os.path.exists("/proc/%d" % frames.shim))
        assert not os.path.exists("/proc/%d" % frames.pid)
    if hasattr(p, "directory"):
        assert not os.path.exists(p.directory + "/shim.sock") and not os.path.exists(p.directory + "/pid")
    return step


# ---- running ----


@case
def version_and_usage():
    done = subprocess.run([wire.SHIM, "version"], capture_output=True, text=True)
    assert done.returncode == 0 and str(CONST["VERSION"]) in done.stdout
    assert subprocess.run([wire.SHIM, "nonsense"], capture_output=True).returncode == 125


@case
def a_container_runs_and_its_files_say_so():
    p = shell("echo out; echo err >&2; exit 7", taps=1)
    frames = launch(p)
    pid, start, shim, shim_start, started = map(int, open(p.directory + "/pid").read().split())
    assert (pid, start, shim, shim_start) == (frames.pid, frames.start, frames.shim, frames.shim_start)
    assert abs(started / 1e9 - time.time()) < 5
    out, err = Tap(p.directory, "STDOUT", "STDERR").streams()
    assert (out, err) == (b"out\n", b"err\n")
    assert frames.expect("EXITED") == (7, 0)
    code, signal_, at = map(int, open(p.directory + "/exit").read().split())
    assert (code, signal_) == (7, 0) and abs(at / 1e9 - time.time()) < 5
    assert logged(p.log) == "out\n" and logged(p.log, "stderr") == "err\n"
    assert frames.socket.recv(1) == b""
    assert not os.path.exists(p.directory + "/shim.sock")


@case
def start_times_are_those_of_proc():
    p = shell("sleep 5")
    frames = launch(p)
    for pid, start in ((frames.pid, frames.start), (frames.shim, frames.shim_start)):
        assert int(open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[19]) == start
    frames.ask("SIGNAL", 9)
    assert frames.expect("EXITED") == (137, 9)


@case
def inside_are_new_namespaces_and_only_three_descriptors():
    out, _, end = output_of(
        shell("echo $$; hostname; ls /proc/self/fd; ls /; cat /proc/self/mountinfo; readlink /proc/self/cwd; umask; ip -o link | wc -l",
              taps=1, extra=[("HOSTNAME", "inner"), ("DOMAINNAME", "dom"), ("CHDIR", "/tmp")]))
    lines = out.split("\n")
    assert end == (0, 0) and lines[0] == "1" and lines[1] == "inner", out
    assert lines[2:7] == ["0", "1", "2", "3", "bin"], lines  # 3 is the open directory of ls itself; the launcher was given one more
    assert work not in out.replace(root, ""), "a mount of the host is visible"
    assert lines[-5:] == ["/tmp", "0022", "1", ""] or lines[-4:] == ["/tmp", "0022", "1", ""], lines[-5:]


@case
def signals_become_exit_codes():
    for number in (9, 15, 6):
        p = container(["sh", "-c", "kill -%d $$; sleep 5" % number], namespaces=ALL_NAMESPACES & ~NEWPID)
        assert launch(p).expect("EXITED") == (128 + number, number)


@case
def a_signal_is_asked_for():
    p = shell("trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 0.01; done", taps=1)
    frames = launch(p)
    tap = Tap(p.directory, "STDOUT")
    assert tap.socket.recv(100)[8:] == b"ready\n"
    # A connection that was never made a control connection may ask as well.
    Frames(connect(p.directory + "/shim.sock")).ask("SIGNAL", 15).close()
    assert tap.streams()[0] == b"got\n" and frames.expect("EXITED") == (3, 0)


@case
def the_foreground_passes_everything_through():
    p = Plan().prepare("MONITOR", "", CONST["STDIO_INHERIT"], 0, 0, 0, 0, 0).prepare("CLONE", NEWUTS, "")
    p.inside("EXEC", ["/none", "/bin/busybox"], ["sh", "-c", "read x; echo got $x; echo e >&2; exit 42"], [])
    done = run_file(p, input=b"word\n")
    assert (done.returncode, done.stdout, done.stderr) == (42, b"got word\n", b"e\n"), done
    for target, code, text in (("/nowhere", 127, b"exec /nowhere: No such file"), (work, 126, b"Permission denied")):
        p = Plan().prepare("MONITOR", "", CONST["STDIO_INHERIT"], 0, 0, 0, 0, 0).prepare("CLONE", 0, "")
        p.inside("EXEC", [target], ["x"], [])
        done = run_file(p)
        assert done.returncode == code and text in done.stderr and done.stderr.startswith(b"cairn-shim: "), done
    done = run_file(b"\0" * 20)
    assert done.returncode == 125 and b"not a launch plan" in done.stderr, done


# ---- stdio ----


@case
def input_reaches_the_process_and_ends_with_the_first_client():
    p = container(["cat"], open_stdin=1, stdin_once=1, taps=1)
    frames = launch(p)
    tap = Tap(p.directory, "STDIN", "STDOUT")
    sent = os.urandom(700_000)
    thread = threading.Thread(target=lambda: (tap.socket.sendall(sent), tap.socket.shutdown(socket.SHUT_WR)))
    thread.start()
    out, _ = tap.streams()
    thread.join()
    assert out == sent and frames.expect("EXITED") == (0, 0)


@case
def input_sent_before_a_full_close_still_arrives():
    p = shell("sleep 0.2; cat >/data/got; wc -c </data/got", open_stdin=1, stdin_once=1)
    frames = launch(p)
    tap = Tap(p.directory, "STDIN")
    tap.socket.sendall(b"x" * 150_000)
    tap.socket.close()
    assert frames.expect("EXITED") == (0, 0) and logged(p.log) == "150000\n"


@case
def a_client_that_goes_leaves_input_open_and_kills_nothing():
    p = container(["cat"], open_stdin=1, taps=1)
    frames = launch(p)
    for word in (b"one\n", b"two\n"):
        tap = Tap(p.directory, "STDIN", "STDOUT")
        tap.socket.sendall(word)
        assert tap.socket.recv(100)[8:] == word
        tap.socket.close()
    frames.ask("CLOSE_STDIN")
    assert frames.expect("EXITED") == (0, 0) and logged(p.log) == "one\ntwo\n"


@case
def without_open_stdin_there_is_nothing_to_read():
    p = container(["cat"], taps=1)
    frames = launch(p)
    tap = Tap(p.directory, "STDIN", "STDOUT")
    # The process sees its end of input at once, and may be gone by now.
    with contextlib.suppress(BrokenPipeError):
        tap.socket.sendall(b"ignored" * 1000)
    assert tap.streams() == (b"", b"") and frames.expect("EXITED") == (0, 0)


@case
def a_client_whose_input_nobody_read_sees_a_clean_end():
    p = shell("echo bye; sleep 0.3", open_stdin=1, stdin_once=1, taps=1)
    frames = launch(p)
    tap = Tap(p.directory, "STDIN", "STDOUT")
    tap.socket.setblocking(False)
    try:
        while True:
            tap.socket.send(b"x" * 10000)
    except BlockingIOError:
        tap.socket.settimeout(20)
    assert tap.streams()[0] == b"bye\n" and frames.expect("EXITED") == (0, 0)


@case
def a_half_closed_client_still_gets_output():
    p = shell("sleep 0.3; echo late", taps=1)
    frames = launch(p)
    tap = Tap(p.directory, "STDOUT")
    tap.socket.shutdown(socket.SHUT_WR)
    assert tap.streams()[0] == b"late\n" and frames.expect("EXITED") == (0, 0)


@case
def taps_get_only_the_streams_they_asked_for():
    p = shell("for i in 1 2 3; do echo o$i; echo e$i >&2; done", taps=3)
    frames = launch(p)
    taps = [Tap(p.directory, *wants) for wants in (("STDOUT",), ("STDERR",), ("STDOUT", "STDERR"))]
    got = [tap.streams() for tap in taps]
    out, err = b"o1\no2\no3\n", b"e1\ne2\ne3\n"
    assert got == [(out, b""), (b"", err), (out, err)] and frames.expect("EXITED") == (0, 0)


@case
def a_reader_that_stops_holds_the_process_but_not_forever():
    size = 40_000_000
    p = shell("head -c %d /dev/zero; echo done >/data/done" % size, taps=1)
    if os.path.exists(root + "/data/done"):
        os.unlink(root + "/data/done")
    frames = launch(p)
    tap = Tap(p.directory, "STDOUT")
    time.sleep(0.5)
    held = os.path.getsize(p.log)
    time.sleep(0.3)
    assert held == os.path.getsize(p.log) < size and not os.path.exists(root + "/data/done")
    # Others are still served, and one that goes releases the process.
    other = Frames(connect(p.directory + "/shim.sock")).ask("CONTROL")
    other.expect("PID"), other.expect("STARTED")
    tap.socket.close()
    assert frames.expect("EXITED") == (0, 0) and other.expect("EXITED") == (0, 0)
    assert os.path.exists(root + "/data/done")


@case
def a_slow_reader_loses_nothing():
    size = 6_000_000
    p = shell("yes 0123456789 | head -c %d" % size, taps=2)
    frames = launch(p)
    taps = [Tap(p.directory, "STDOUT"), Tap(p.directory, "STDOUT")]
    total, stream = 0, b""
    fast = []
    thread = threading.Thread(target=lambda: fast.append(taps[1].streams()[0]))
    thread.start()
    while True:
        part = taps[0].socket.recv(50_000)
        if not part:
            break
        stream += part
        time.sleep(0.0005)
    thread.join()
    at = 0
    while at < len(stream):
        length = struct.unpack(">I", stream[at + 4 : at + 8])[0]
        total, at = total + length, at + 8 + length
    assert total == size == len(fast[0]) and frames.expect("EXITED") == (0, 0)


@case
def a_reader_that_never_reads_is_dropped_ten_seconds_after_the_end():
    p = shell("head -c 900000 /dev/zero", taps=1)
    frames = launch(p)
    tap = Tap(p.directory, "STDOUT")
    began = time.monotonic()
    assert frames.expect("EXITED") == (0, 0)
    assert 9 < time.monotonic() - began < 13
    tap.socket.close()


@case
def a_process_in_the_background_does_not_hold_an_exec():
    p, frames = sleeper()
    j = joining(frames, ["sh", "-c", "echo said; (sleep 3; echo never) & exit 4"], taps=1)
    began = time.monotonic()
    exec_frames = launch(j)
    tap = Tap(j.directory, "STDOUT")
    assert tap.streams()[0] == b"said\n" and exec_frames.expect("EXITED") == (4, 0)
    assert time.monotonic() - began < 2
    frames.ask("SIGNAL", 9)
    frames.expect("EXITED")


@case
def a_terminal_has_its_size_echo_and_signals():
    p = shell("stty size; tty; ls -l /dev/console /dev/pts; read x; echo got $x; sleep 9; echo survived",
              stdio="PTY", open_stdin=1, stdin_once=1, size=(33, 77), taps=1)
    frames = launch(p)
    tap = Tap(p.directory, "STDIN", "STDOUT")
    text = b""
    while b"ptmx" not in text:
        text += tap.socket.recv(1000)
    assert text.startswith(b"33 77\r\n/dev/pts/0\r\n") and b"136," in text, text
    frames.ask("RESIZE", 10, 20)
    tap.socket.sendall(b"word\n")
    text = b""
    while b"got word\r\n" not in text:
        text += tap.socket.recv(1000)
    assert b"word\r\n" in text
    master = [f for f in os.listdir("/proc/%d/fd" % frames.shim) if "ptmx" in os.readlink("/proc/%d/fd/%s" % (frames.shim, f))]
    assert len(master) == 1
    tap.socket.sendall(b"\x03")
    # The shell ends because what it was waiting for was interrupted.
    rest, end = tap.rest(), frames.expect("EXITED")
    assert end == (130, 0) and b"survived" not in rest, (rest, end)
    assert '"log":"33 77\\r\\n"' in open(p.log).read()


@case
def a_resize_reaches_the_process():
    p = shell("trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.01; done", stdio="PTY", taps=1)
    frames = launch(p)
    tap = Tap(p.directory, "STDOUT")
    assert tap.socket.recv(100) == b"ready\r\n"
    frames.ask("RESIZE", 50, 132)
    assert tap.rest() == b"50 132\r\n" and frames.expect("EXITED") == (0, 0)


@case
def all_output_of_a_terminal_arrives():
    p = shell("yes abcdefgh | head -n 50000", stdio="PTY", taps=1)
    frames = launch(p)
    assert Tap(p.directory, "STDOUT").rest() == b"abcdefgh\r\n" * 50000
    assert frames.expect("EXITED") == (0, 0)


@case
def a_terminal_may_be_closed_and_opened_again():
    p = shell("exec </dev/null >/dev/null 2>&1; sleep 0.2; echo back >/dev/console; sleep 0.1", stdio="PTY", taps=1)
    frames = launch(p)
    assert Tap(p.directory, "STDOUT").rest() == b"back\r\n" and frames.expect("EXITED") == (0, 0)


@case
def output_waits_for_the_promised_taps_but_not_for_a_dead_daemon():
    p = shell("echo hello", taps=2)
    frames = launch(p)
    time.sleep(0.1)
    one = Tap(p.directory, "STDOUT")
    time.sleep(0.1)
    two = Tap(p.directory, "STDOUT")
    assert one.streams() == two.streams() == (b"hello\n", b"") and frames.expect("EXITED") == (0, 0)
    p = shell("echo hello", taps=1)
    frames = launch(p)
    frames.close()
    until(lambda: os.path.exists(p.directory + "/exit"), 1)
    assert logged(p.log) == "hello\n"


@case
def a_promise_that_is_not_kept_costs_two_seconds():
    began = time.monotonic()
    p = shell("echo hello", taps=1)
    assert launch(p).expect("EXITED") == (0, 0) and logged(p.log) == "hello\n"
    assert 1.5 < time.monotonic() - began < 4


# ---- control ----


@case
def a_daemon_that_comes_back_is_told_everything():
    p = shell("sleep 0.4; exit 5")
    frames = launch(p)
    frames.close()
    again = Frames(connect(p.directory + "/shim.sock")).ask("CONTROL").started()
    assert (again.pid, again.start, again.shim) == (frames.pid, frames.start, frames.shim)
    third = Frames(connect(p.directory + "/shim.sock")).ask("CONTROL").started()
    assert again.expect("EXITED") == third.expect("EXITED") == (5, 0)


@case
def an_exit_nobody_heard_of_is_on_disk():
    p = shell("exit 9")
    launch(p).close()
    until(lambda: os.path.exists(p.directory + "/exit"))
    assert open(p.directory + "/exit").read().split()[:2] == ["9", "0"]


@case
def a_plan_that_was_read_whole_is_carried_out_without_a_daemon():
    p = shell("echo alive")
    launcher.launch(p).close()
    until(lambda: os.path.exists(p.directory + "/exit"))
    assert logged(p.log) == "alive\n"
    p = shell("echo alive")
    half = connect(launcher.path)
    half.sendall(p.bytes()[:-1])
    half.close()
    time.sleep(0.2)
    assert os.listdir(p.directory) == []


@case
def nonsense_on_the_socket_costs_only_its_connection():
    p = shell("sleep 0.7; exit 6")
    frames = launch(p)
    random.seed(1)
    held = []
    for i in range(100):
        try:
            c = connect(p.directory + "/shim.sock")
            c.sendall(random.randbytes(random.randrange(40)) if i % 2 else struct.pack("<II", i, 1 << random.randrange(32)))
            held.append(c)
        except OSError as e:
            assert e.errno in (errno.EPIPE, errno.ECONNRESET, errno.EAGAIN)
    assert frames.expect("EXITED")[0] in (6, 137)  # the noise may happen to spell a signal
    for c in held:
        c.close()


@case
def strangers_are_turned_away():
    p = shell("sleep 4")  # two interpreters have to start meanwhile, on a machine that may be busy
    frames = launch(p)
    os.chmod(p.directory, 0o755), os.chmod(work, 0o755), os.chmod(p.directory + "/shim.sock", 0o777)
    script = ("import os,socket,sys\nos.setgid(65534);os.setuid(65534)\ns=socket.socket(socket.AF_UNIX);s.connect(sys.argv[1]);"
              "s.settimeout(5)\ntry: s.sendall(b'\\1\\0\\0\\0\\0\\0\\0\\0'); sys.exit(0 if s.recv(1)==b'' else 1)\nexcept OSError: sys.exit(0)")
    os.chmod(launcher.path, 0o777)
    for path in (p.directory + "/shim.sock", launcher.path):
        assert subprocess.run([sys.executable, "-c", script, path]).returncode == 0
    assert frames.expect("EXITED") == (0, 0)


@case
def many_launches_at_once_do_not_meet():
    plans = [shell("echo %d; exit %d" % (i, i)) for i in range(40)]
    frames = [launcher.launch(p) for p in plans]
    for i, (p, f) in enumerate(zip(plans, frames)):
        f.started()
        assert f.expect("EXITED") == (i, 0) and logged(p.log) == "%d\n" % i


@case
def what_an_earlier_shim_left_is_swept_before_the_start():
    directory = new_directory()
    for name in ("shim.sock", "pid", "exit"):
        open(directory + "/" + name, "w").write("1 2 3\n")
    frames = launch(shell("sleep 0.2", directory=directory))
    assert not os.path.exists(directory + "/exit")
    assert frames.expect("EXITED") == (0, 0)
    frames = launch(shell("exit 2", directory=directory))
    assert frames.expect("EXITED") == (2, 0)


# ---- joining ----


def sleeper(**keywords):
    p = shell("echo up; sleep 60", taps=1, **keywords)
    frames = launch(p)
    assert Tap(p.directory, "STDOUT").socket.recv(100)[8:] == b"up\n"
    return p, frames


def joining(frames, command, stdio="PIPES", taps=0, start=None, open_stdin=0):
    p = Plan("JOIN")
    p.directory = new_directory()
    p.prepare("MONITOR", p.directory, CONST["STDIO_" + stdio], open_stdin, open_stdin, taps, 24, 80)
    p.prepare("JOIN_PID", frames.pid, frames.start if start is None else start)
    p.prepare("CLONE", 0, "")
    p.inside("ENTER", NEWNS | NEWUTS | NEWIPC | NEWNET | NEWCGROUP)
    if stdio == "PTY":
        p.inside("CONSOLE", "")
    p.inside("CHDIR", "/")
    p.inside("EXEC", ["/bin/" + command[0]], command, ENVIRONMENT)
    return p


@case
def an_exec_is_in_all_namespaces_of_its_container():
    p, frames = sleeper(extra=[("HOSTNAME", "joined")])
    j = joining(frames, ["sh", "-c", "hostname; cat /proc/1/cmdline | tr '\\0' ' '; ls /proc/self/fd | wc -l; ls -l /proc/self/ns"], taps=1)
    exec_frames = launch(j)
    out = Tap(j.directory, "STDOUT").streams()[0].decode()
    assert exec_frames.expect("EXITED") == (0, 0)
    assert out.startswith("joined\nsleep 60 4\n"), out
    for name in ("mnt", "pid", "uts", "ipc", "net", "cgroup"):
        assert os.readlink("/proc/%d/ns/%s" % (frames.pid, name)) in out, name
    terminal = launch(joining(frames, ["tty"], stdio="PTY", taps=0))
    assert terminal.expect("EXITED") == (0, 0)
    # When the container dies, its execs die with it.
    exec_frames = launch(joining(frames, ["sleep", "50"]))
    frames.ask("SIGNAL", 9)
    assert frames.expect("EXITED") == (137, 9) and exec_frames.expect("EXITED") == (137, 9)


@case
def namespaces_of_another_container_are_joined():
    p, frames = sleeper(extra=[("HOSTNAME", "first")])
    steps = [("/proc/%d/ns/%s" % (frames.pid, kind), flag, frames.pid, frames.start)
             for kind, flag in (("pid", NEWPID), ("ipc", NEWIPC), ("uts", NEWUTS))]
    q = shell("hostname; cat /proc/1/cmdline | tr '\\0' ' '; readlink /proc/self/ns/ipc", taps=1,
              namespaces=ALL_NAMESPACES & ~NEWPID & ~NEWIPC & ~NEWUTS)
    enter = Plan()
    enter.prepare("ENTER_PATH", *steps[0])
    q.steps[2:2] = enter.steps
    for step in steps[1:]:
        q.steps[4:4] = Plan().inside("ENTER_PATH", *step).steps
    out = output_of(q)[0]
    assert out == "first\nsleep 60 %s\n" % os.readlink("/proc/%d/ns/ipc" % frames.pid), out
    # Never those of whoever has got its number.
    q = shell("true", extra=[])
    q.steps[2:2] = Plan().prepare("ENTER_PATH", steps[0][0], NEWPID, frames.pid, frames.start + 1).steps
    assert fails(q, errno.ESRCH, "join namespace /proc/%d/ns/pid" % frames.pid) == 2
    frames.ask("SIGNAL", 9)
    frames.expect("EXITED")


@case
def an_exec_into_a_process_that_is_no_longer_that_one_fails():
    p, frames = sleeper()
    assert fails(joining(frames, ["true"], start=frames.start + 1), errno.ESRCH) == 1
    frames.ask("SIGNAL", 9)
    frames.expect("EXITED")
    assert fails(joining(frames, ["true"]), errno.ESRCH) == 1


@case
def an_exec_ends_with_its_input():
    p, frames = sleeper()
    j = joining(frames, ["cat"], taps=1, open_stdin=1)
    exec_frames = launch(j)
    tap = Tap(j.directory, "STDIN", "STDOUT")
    tap.socket.sendall(b"through")
    tap.socket.shutdown(socket.SHUT_WR)
    assert tap.streams()[0] == b"through" and exec_frames.expect("EXITED") == (0, 0)
    frames.ask("SIGNAL", 9)
    frames.expect("EXITED")


# ---- steps ----


@case
def a_failing_step_is_named():
    for extra, error, words in (
        ([("MKDIR", "/tmp/a", 0o755), ("MOUNT", "nosuchfs", "x", "/tmp", 0, "")], errno.ENODEV, ["mount nosuchfs on /tmp"]),
        ([("MOUNT", "tmpfs", "x", "/tmp", 0, "nonsense=1")], errno.EINVAL, ["mount tmpfs on /tmp (", "nonsense"]),
        ([("MOUNT", "tmpfs", "x", "/bin/nowhere", 0, "")], errno.ENOENT, ["open /bin/nowhere"]),
        ([("CHDIR", "/nowhere")], errno.ENOENT, ["chdir /nowhere"]),
        ([("OPEN_TREE", 3, "/nowhere", 0)], errno.ENOENT, ["open /nowhere"]),
        ([("MOUNT_TREE", 9, "/tmp", 0, 0, 0, 0)], errno.EBADF, ["/tmp"]),
        ([("SYSCTL", "/proc/sys/nosuch", "1")], errno.ENOENT, ["/proc/sys/nosuch"]),
        ([("SYSCTL", "/tmp", "1")], errno.EISDIR, ["/tmp"]),
        ([("SYSCTL", "/etc/file", "1")], errno.EXDEV, ["/etc/file"]),
        ([("MOUNT", "tmpfs", "x", "/proc/sys/fs", 0, ""), ("MKFILE", "/proc/sys/fs/x", 0o644), ("SYSCTL", "/proc/sys/fs/x", "1")], errno.EXDEV, ["/proc/sys/fs/x"]),
        ([("RLIMIT", 99, 1, 1)], errno.EINVAL, ["limit 99"]),
        ([("SECCOMP", 0, b"\0" * 16)], errno.EINVAL, ["seccomp"]),
        ([("ENTER_PATH", "/proc/self/ns/none", NEWNET, 0, 0)], errno.ENOENT, ["/proc/self/ns/none"]),
        ([("MKFILE", "/bin/busybox/x", 0o644)], errno.ENOTDIR, ["create /bin/busybox/x"]),
        ([("MKNOD", "/dev/null", 0o20666, 1, 5, 0, 0)], errno.EEXIST, ["mknod /dev/null"]),
        ([("NETLINK", 1 << 40, b"x" * 7)], errno.EINVAL, ["netlink message 0"]),
    ):
        open(root + "/etc/file", "w").close()
        p = shell("true", extra=extra)
        assert fails(p, error, *words) == p.index - 1, words
    p = container(["nowhere"])
    assert fails(p, errno.ENOENT, "exec /bin/nowhere") == p.index
    open(root + "/bin/unexecutable", "w").write("x")
    p = container(["unexecutable"])
    assert fails(p, errno.EACCES, "exec /bin/unexecutable") == p.index
    p = shell("true", connect_steps=[("WRITE", "/nowhere", "x")])
    assert fails(p, errno.ENOENT, "open /nowhere") == 3
    p = shell("true", directory=work + "/nowhere")
    assert fails(p, errno.ENOENT, "nowhere") == 0


@case
def a_permission_problem_wins_over_not_found():
    p = Plan().prepare("MONITOR", "", 0, 0, 0, 0, 0, 0).prepare("CLONE", 0, "")
    p.inside("EXEC", ["/none", root + "/etc", "/bin/busybox/x", "/none2"], ["x"], [])
    assert fails(p, errno.EACCES, "exec " + root + "/etc") == 2


@case
def a_child_killed_before_exec_is_a_failure_not_an_exit():
    fifo = work + "/fifo"
    if not os.path.exists(fifo):
        os.mkfifo(fifo)
    p = shell("true", last=[("WRITE", "/data/fifo", "x")])
    if not os.path.exists(root + "/data/fifo"):
        os.mkfifo(root + "/data/fifo")
    frames = launcher.launch(p).expect("PID")
    time.sleep(0.1)
    os.kill(frames.pid, signal.SIGKILL)
    step, number, text = frames.failure()
    assert (step, number) == (0xFFFFFFFF, 0) and text == "the process ended with signal 9 before it could be executed", text


@case
def the_childs_own_reason_is_told_when_both_sides_fail():
    # The child fails at once; the connect step then fails too, for it names the child.
    message = struct.pack("<IHHII", 16 + 16 + 8, 16, 0, 0, 0) + struct.pack("<BxHiII", 0, 0, 0, 0, 0) + struct.pack("<HHi", 8, 19, 0)
    p = shell("true", extra=[("CHDIR", "/nowhere")], connect_steps=[("NETLINK", 36, message)])
    _, _, text = launcher.launch(p).failure()
    assert text in ("chdir /nowhere", "netlink message 0 (Interface does not exist)", "netlink message 0"), text


@case
def wait_connected_waits_and_the_early_program_cannot_be_written():
    fifo = work + "/connect"
    if not os.path.exists(fifo):
        os.mkfifo(fifo)
    p = shell("echo went", connect_steps=[("WRITE", fifo, "x")], last=[("WAIT_CONNECTED",)])
    frames = launcher.launch(p).expect("PID")
    time.sleep(0.1)
    early = "/proc/%d/" % frames.pid
    assert os.readlink(early + "exe").startswith("/memfd:cairn-shim")
    try:
        os.open(early + "exe", os.O_RDWR)
        raise AssertionError("opened for writing")
    except OSError as e:
        assert e.errno in (errno.ETXTBSY, errno.EPERM, errno.EACCES), e
    fd = os.open(early + "exe", os.O_RDONLY)
    assert fcntl.fcntl(fd, 1034) == 15  # F_GET_SEALS: all four
    os.close(fd)
    if not SANITIZED:
        assert sorted(map(int, os.listdir(early + "fd")))[:3] == [0, 1, 2] and len(os.listdir(early + "fd")) <= 7
    with open(fifo) as reader:
        assert reader.read() == "x"
    frames.expect("STARTED")
    assert frames.expect("EXITED") == (0, 0) and logged(p.log) == "went\n"


@case
def await_go_waits_for_the_daemon_but_not_for_a_dead_one():
    def waiting():
        p = shell("echo went", connect_steps=[("AWAIT_GO",)], last=[("WAIT_CONNECTED",)])
        return p, launcher.launch(p)

    p, frames = waiting()
    frames.expect("PID")
    time.sleep(0.1)
    assert not os.path.exists(p.directory + "/pid")
    frames.ask("GO")
    frames.expect("STARTED")
    assert frames.expect("EXITED") == (0, 0) and logged(p.log) == "went\n"
    p, frames = waiting()
    frames.expect("PID")
    frames.close()
    until(lambda: os.path.exists(p.directory + "/exit"))
    assert logged(p.log) == "went\n"
    p, frames = waiting()
    frames.expect("PID")
    frames.ask("CLOSE_STDIN")
    step, error, text = frames.expect("FAILED")
    assert (step, error) == (3, errno.EPROTO) and "daemon" in text, (step, error, text)


@case
def a_container_cannot_reach_the_shim_by_its_own_link():
    p = shell("true")
    p.steps.pop()
    p.inside("EXEC", ["/proc/self/exe"], ["x", "version"], ENVIRONMENT)
    if not SANITIZED:
        assert launch(p).expect("EXITED") == (0, 0) and "launch plan" in logged(p.log)
    assert hashlib.sha256(open(wire.SHIM, "rb").read()).digest() == shim_hash


@case
def the_program_that_runs_is_no_file_and_cannot_be_written():
    # Whoever can open what runs would wait for its end and then write to it, by the descriptor.
    other = Launcher(new_directory())
    with open("/proc/%d/exe" % other.process.pid, "rb") as running:
        other.close()
        with open("/proc/self/fd/%d" % running.fileno(), "r+b", buffering=0) as again:
            try:
                again.write(b"\177")
                assert False, "the program was written to"
            except PermissionError:
                pass


@case
def paths_are_masked_or_read_only():
    null = open(root + "/etc/victim", "w").write("secret\n")
    extra = [("MASK_PATH", "/etc/victim"), ("MASK_PATH", "/proc/keys"), ("MASK_PATH", "/usr/deep"), ("MASK_PATH", "/data"),
             ("MASK_PATH", "/missing/one"), ("READ_ONLY_PATH", "/proc/sys"), ("READ_ONLY_PATH", "/missing"), ("READ_ONLY_PATH", "/tmp")]
    out, err, _ = output_of(shell("cat /etc/victim /proc/keys; ls /usr/deep /data | cat; ls -l /etc/victim; touch /tmp/x; touch /data/x;"
                                  "echo 1 >/proc/sys/kernel/domainname; cat /proc/self/mountinfo", taps=1, extra=extra))
    assert "secret" not in out and "1,   3" in out and err.lower().count("read-only file system") == 3, (out, err)
    assert re.search(r" / /data ro,relatime - tmpfs tmpfs ro", out), out
    assert re.search(r" /sys /proc/sys ro,nosuid,nodev,noexec,relatime - proc", out), out


@case
def masks_need_the_real_null_device():
    for other in ("/etc/file", "/dev/zero"):
        p = shell("true", extra=[("OPEN_TREE", 0, other, 0), ("MASK_PATH", "/proc/keys")])
        open(root + "/etc/file", "w").close()
        assert fails(p, errno.ENODEV, "null device") == p.index - 1


@case
def links_in_an_image_lead_nowhere_outside():
    for name, target in (("updir", "../../../../../.."), ("abs", "/"), ("procfd", "/proc/self/root"), ("loop", "loop"), ("dangling", "/none/x")):
        if not os.path.lexists(root + "/data/" + name):
            os.symlink(target, root + "/data/" + name)
    marker = "escaped-%d" % os.getpid()
    p = shell("test -d /%s && test -f /%s2 && test -L /%s3" % (marker, marker, marker), taps=1,
              extra=[("MKDIR", "/data/updir/" + marker, 0o700), ("MKFILE", "/data/abs/%s2" % marker, 0o600), ("SYMLINK", "x", "/data/updir/%s3" % marker)])
    out, err, end = output_of(p)
    assert end == (0, 0), err
    assert not os.path.lexists("/" + marker) and not os.path.lexists("/%s2" % marker)
    for step, error in ((("MKDIR", "/data/procfd/x", 0o755), errno.ELOOP), (("MKDIR", "/data/loop/x", 0o755), errno.ELOOP),
                        (("MKDIR", "/data/dangling/x", 0o755), errno.ENOENT), (("MOUNT", "tmpfs", "x", "/data/abs/tmp", 0, ""), errno.ELOOP),
                        (("SYSCTL", "/data/abs/proc/sys/kernel/hostname", "x"), errno.ELOOP)):
        p = shell("true", extra=[step])
        assert fails(p, error, step[0].lower() if step[0] == "MKDIR" else "open") == p.index - 1, step
    for name in (marker, marker + "2", marker + "3"):
        path = root + "/" + name
        os.rmdir(path) if os.path.isdir(path) else os.unlink(path)


@case
def a_working_directory_outside_the_root_is_refused():
    # The root of a process of the host: in another mount namespace, and above the new root.
    for directory in ("/proc/%d/root" % os.getpid(), "/proc/%d/cwd" % os.getpid()):
        p = Plan().prepare("MONITOR", "", 0, 0, 0, 0, 0, 0).prepare("CLONE", 0, "")
        p.inside("OPEN_TREE", 1, root, 1).inside("EMPTY_MOUNTS").inside("ROOT", 1).inside("MOUNT", "proc", "proc", "/proc", 0, "").inside("CHDIR", directory)
        p.inside("EXEC", ["/bin/true"], ["true"], [])
        assert fails(p, errno.EXDEV, "chdir " + directory) == p.index - 1


@case
def what_is_below_a_source_is_looked_for_in_it():
    volume = new_directory()
    os.mkdir(volume + "/etc")
    open(volume + "/etc/mine", "w").close()
    for name, target in (("abs", "/etc"), ("up", "../../../../../../etc"), ("none", work), ("magic", "/proc/self/root")):
        os.symlink(target, volume + "/" + name)
    for name in ("abs", "up"):
        out, err, end = output_of(shell("ls /data/below", taps=1, extra_sources=[("OPEN_BELOW", 2, volume, name, 1)],
                                        extra=[("TARGET", 2, "/data/below"), ("MOUNT_TREE", 2, "/data/below", 0, 0, 0, 0)]))
        assert end == (0, 0) and out == "mine\n", (name, out, err)
    for name in ("none", "magic"):
        assert fails(shell("true", extra_sources=[("OPEN_BELOW", 2, volume, name, 1)]), errno.ENOENT, "open ") > 0
    for name in ("abs", "up", "none", "magic", "etc/mine"):
        os.unlink(volume + "/" + name)
    os.rmdir(volume + "/etc")


@case
def what_is_no_procfs_gets_no_sysctls():
    extra = [("MOUNT", "tmpfs", "x", "/proc/sys", 0, ""), ("MKFILE", "/proc/sys/kernel/msgmax", 0o644), ("SYSCTL", "/proc/sys/kernel/msgmax", "1")]
    p = shell("true", extra=extra)
    assert fails(p, errno.EXDEV, "not a sysctl") == p.index - 1


@case
def who_enters_a_container_is_out_of_reach_until_it_is_the_program():
    look = "echo up; read x; for p in /proc/[0-9]*; do test $p = /proc/1 || ls -l $p/fd $p/cwd $p/exe 2>&1; done; echo end"
    p = shell(look, taps=1, open_stdin=1, last=[("CREDENTIALS", 0, 0, b"", 0xA80425FB, 0xA80425FB, 0xA80425FB, 0, 0)])
    frames = launch(p)
    tap = Tap(p.directory, "STDIN", "STDOUT")
    assert tap.socket.recv(100)[8:] == b"up\n"
    j = joining(frames, ["true"])
    end = j.steps.pop()
    # Held where it has no more rights than those who look at it.
    j.connect_first("AWAIT_GO").inside("CREDENTIALS", 0, 0, b"", 0xA80425FB, 0xA80425FB, 0xA80425FB, 0, 0).inside("WAIT_CONNECTED")
    j.steps.append(end)
    entering = launcher.launch(j).expect("PID")
    until(lambda: "CapEff:\t00000000a80425fb" in open("/proc/%d/status" % entering.pid).read())
    tap.socket.sendall(b"now\n")
    text = ""
    while "end\n" not in text:
        text += tap.socket.recv(4096).decode(errors="replace")
    # It is in the pid namespace, which does not end while nobody reaps it.
    entering.close()
    assert frames.expect("EXITED") == (0, 0)
    assert text.count("ermission denied") >= 3 and "->" not in text, text


def init(script, **keywords):
    """The init program as the first process of a pid namespace, with a script as its program."""
    return subprocess.Popen(
        ["unshare", "--fork", "--kill-child", "--pid", "--mount-proc", INIT, "--", "sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, **keywords)


@case
def init_ends_as_its_program_does():
    for script, status in (("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137), ("kill -15 $$", 143)):
        process = init(script)
        process.communicate()
        assert process.returncode == status, (script, process.returncode)
    for program, status, words in (("/nowhere", 127, "exec /nowhere failed: No such file"), ("/etc", 126, "exec /etc failed: Permission denied")):
        process = subprocess.run([INIT, program], capture_output=True, text=True)
        assert process.returncode == status and process.stderr.startswith(words), process
    assert subprocess.run([INIT], capture_output=True).returncode == 125


@case
def init_reaps_those_whose_parents_are_gone():
    # The shell in the middle ends at once, and its child a moment later.
    process = init("sh -c 'sh -c \"sleep 0.2; exit 3\" & exit 0'; sleep 0.6; cat /proc/[0-9]*/stat | cut -d' ' -f2,3 | sort")
    out = process.communicate()[0]
    assert " Z" not in out and "sleep" not in out, out


@case
def init_passes_signals_on():
    process = init("trap 'echo got it; exit 5' USR1; echo up; while :; do sleep 0.05; done")
    assert process.stdout.readline() == "up\n"
    children = subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(process.pid)], text=True).split()
    os.kill(int(children[0]), signal.SIGUSR1)
    assert process.communicate()[0] == "got it\n" and process.returncode == 5


@case
def files_and_nodes_have_their_exact_modes():
    out, err, _ = output_of(shell(
        "stat -c '%a %F %t,%T' /dev/a /dev/b/c /dev/d/e/f /dev/g; stat -c %u:%g /dev/a /dev/g; readlink /dev/l; umask", taps=1,
        extra=[("MKNOD", "/dev/a", 0o20666, 1, 7, 0, 0), ("MKDIR", "/dev/b/c", 0o1777), ("MKFILE", "/dev/d/e/f", 0o640), ("MKFILE", "/dev/d/e/f", 0o600), ("MKNOD", "/dev/a", 0o20644, 1, 7, 0, 0),
               ("MKNOD", "/dev/g", 0o10600, 0, 0, 7, 9), ("SYMLINK", "/x/y", "/dev/l"), ("SYMLINK", "/z", "/dev/l"), ("UMASK", 0o27)]))
    assert out == "666 character special file 1,7\n1777 directory 0,0\n640 regular empty file 0,0\n600 fifo 0,0\n0:0\n7:9\n/x/y\n0027\n", (out, err)


@case
def trees_are_bound_with_their_attributes():
    os.makedirs(work + "/volume/sub", exist_ok=True)
    open(work + "/volume/file", "w").write("from outside\n")
    out, err, _ = output_of(bound())
    assert out.startswith("from outside\n") and "Read-only" in err, (out, err)
    line = [l for l in out.split("\n") if " /tmp " in l][0]
    assert " ro,nosuid,nodev,noexec,relatime " in line and "shared:" not in line, line
    root_line = [l for l in out.split("\n") if " / / " in l or " /root / " in l][0]
    assert " ro," in root_line, root_line


def bound():
    """A plan that binds a host directory: its tree is opened while the host's mounts are there, as the engine does."""
    p = shell("cat /tmp/file; touch /tmp/x; cat /proc/self/mountinfo", taps=1)
    last = p.steps.pop()
    leaving = next(i for i, s in enumerate(p.steps) if s[:2] == struct.pack("<H", wire.OPS["EMPTY_MOUNTS"][0]))
    opened = Plan().inside("OPEN_TREE", 5, work + "/volume", 1).steps
    p.steps[leaving:leaving] = opened
    p.inside("MOUNT_TREE", 5, "/tmp", RDONLY | NOSUID | NODEV | NOEXEC, 0, 1, 1 << 18)
    p.inside("REMOUNT", "/", RDONLY, 0, 0)
    p.steps.append(last)
    return p


@case
def mounts_begin_from_nothing():
    hosts = set(line.split()[4] for line in open("/proc/self/mountinfo"))
    assert work in hosts and "/proc" in hosts
    p = shell("cat /proc/self/mountinfo; sleep 60", taps=1)
    frames = launch(p)
    line = [l.split() for l in open("/proc/%d/mountinfo" % frames.pid)]
    assert [l[4] for l in line] == ["/", "/proc", "/dev", "/dev/pts"], line
    # The root lies on something, or a container inside could not change its own.
    assert line[0][0] != line[0][1]
    for pid in (frames.pid, frames.shim):
        for fd in os.listdir("/proc/%d/fd" % pid):
            assert not os.readlink("/proc/%d/fd/%s" % (pid, fd)).startswith("mnt:")
    frames.ask("SIGNAL", 9)
    frames.expect("EXITED")


@case
def binds_go_on_taking_part_as_they_were_told():
    shared = work + "/shared"
    os.mkdir(shared)
    subprocess.check_call(["mount", "-t", "tmpfs", "tmpfs", shared])
    subprocess.check_call(["mount", "--make-shared", shared])
    os.mkdir(shared + "/from-host")
    kinds = {"private": MS_PRIVATE, "slave": MS_SLAVE, "shared": MS_SHARED}
    sources, steps = [], []
    for slot, (kind, flag) in enumerate(kinds.items(), 5):
        os.mkdir(shared + "/from-" + kind)
        sources.append(("OPEN_TREE", slot, shared, 1))
        steps += [("MKDIR", "/dev/" + kind, 0o755), ("MOUNT_TREE", slot, "/dev/" + kind, 0, 0, 1, flag),
                  ("MOUNT", "tmpfs", "tmpfs", "/dev/%s/from-%s" % (kind, kind), 0, "")]
    frames = launch(shell("sleep 60", extra_sources=sources, extra=steps))
    subprocess.check_call(["mount", "-t", "tmpfs", "tmpfs", shared + "/from-host"])
    inside = [l.split()[4] for l in open("/proc/%d/mountinfo" % frames.pid)]
    assert [k for k in kinds if "/dev/%s/from-host" % k in inside] == ["slave", "shared"], inside
    outside = [l.split()[4] for l in open("/proc/self/mountinfo")]
    assert [k for k in kinds if shared + "/from-" + k in outside] == ["shared"], outside
    frames.ask("SIGNAL", 9)
    frames.expect("EXITED")
    subprocess.check_call(["umount", "-R", shared])


@case
def an_overlay_of_many_layers_mounts():
    base = work + "/layers"
    for i in range(20):
        os.makedirs(base + "/l/%s" % ("%02d" % i * 13), exist_ok=True)
        open(base + "/l/%s/f%d" % ("%02d" % i * 13, i), "w").close()
    for name in ("upper", "work", "merged"):
        os.makedirs(base + "/" + name, exist_ok=True)
    for layers in (2, 20):
        lower = ":".join("l/%s" % ("%02d" % i * 13) for i in range(layers))
        p = Plan().prepare("MONITOR", "", CONST["STDIO_INHERIT"], 0, 0, 0, 0, 0).prepare("CLONE", NEWNS, "")
        p.inside("PROPAGATION", "/", MS_REC | MS_SLAVE).inside("CHDIR", base)
        p.inside("MOUNT", "overlay", "overlay", base + "/merged", NODEV, "lowerdir=%s,upperdir=upper,workdir=work" % lower)
        p.inside("EXEC", ["/bin/busybox"], ["sh", "-c", "ls merged | wc -l; grep merged /proc/mounts"], [])
        done = run_file(p)
        assert done.stdout.startswith(b"%d\n" % layers), done
        assert b"lowerdir=%s,upperdir=upper" % lower.encode() in done.stdout and b"nodev" in done.stdout, done


@case
def the_usual_file_systems_mount():
    v1 = [line.split()[0] for line in open("/proc/cgroups") if line[0] != "#" and line.split()[1] != "0" and line.split()[0] in ("pids", "memory")]
    extra = [("MOUNT", "sysfs", "sysfs", "/sys", RDONLY | NOSUID | NODEV | NOEXEC, ""), ("MKDIR", "/dev/mqueue", 0o755),
             ("MOUNT", "mqueue", "mqueue", "/dev/mqueue", NOSUID | NODEV | NOEXEC, ""), ("MKDIR", "/dev/shm", 0o1777),
             ("MOUNT", "tmpfs", "shm", "/dev/shm", NOSUID | NODEV | NOEXEC, "mode=1777,size=67108864"),
             ("MOUNT", "tmpfs", "tmpfs", "/sys/fs/cgroup", NOSUID | NODEV | NOEXEC, "mode=755"), ("MKDIR", "/sys/fs/cgroup/two", 0o755),
             ("MOUNT", "cgroup2", "cgroup", "/sys/fs/cgroup/two", RDONLY | NOSUID | NODEV | NOEXEC, "")]
    for name in v1:
        extra += [("MKDIR", "/sys/fs/cgroup/" + name, 0o755),
                  ("MOUNT", "cgroup", "cgroup", "/sys/fs/cgroup/" + name, RDONLY | NOSUID | NODEV | NOEXEC, name)]
    extra += [("REMOUNT", "/sys/fs/cgroup", RDONLY, 0, 0), ("WRITE", "/proc/self/oom_score_adj", "321")]
    out, err, _ = output_of(shell("cat /proc/mounts /proc/self/oom_score_adj", taps=1, extra=extra))
    flags = "nosuid,nodev,noexec,relatime"
    for line in ("sysfs /sys sysfs ro,%s 0 0" % flags, "mqueue /dev/mqueue mqueue rw,%s 0 0" % flags, "shm /dev/shm tmpfs rw,%s,size=65536k" % flags,
                 "tmpfs /sys/fs/cgroup tmpfs ro,%s,mode=755" % flags, "cgroup /sys/fs/cgroup/two cgroup2 ro,%s 0 0" % flags,
                 *("cgroup /sys/fs/cgroup/%s cgroup ro,%s,%s 0 0" % (name, flags, name) for name in v1)):
        assert line.replace(",mode=755", "") in out.replace(",mode=755", ""), (line, out, err)
    assert out.endswith("\n321\n")


@case
def limits_sysctls_and_credentials_are_set():
    out, err, end = output_of(shell(
        "id; grep -E '^(Cap|NoNewPrivs|Seccomp:|Groups)' /proc/self/status; ulimit -n; cat /proc/sys/net/ipv4/ip_forward; ls -ln /proc/self/fd/; mkdir /data/q; chown 1 /tmp",
        taps=1,
        extra=[("SYSCTL", "/proc/sys/net/ipv4/ip_forward", "1"), ("RLIMIT", 7, 123, 456), ("NO_NEW_PRIVS",),
               ("SECCOMP", 0, struct.pack("<HBBI", 0x20, 0, 0, 0) + struct.pack("<HBBI", 0x15, 0, 1, 92) + struct.pack("<HBBI", 0x15, 0, 0, 0)
                + struct.pack("<HBBI", 6, 0, 0, 0x7FFF0000)),
               ("CREDENTIALS", 1000, 1001, struct.pack("<II", 7, 2000), 0xA80425FB, 0x400, 0x400, 0x400, 0x400)]))
    assert "uid=1000 gid=1001" in out and "7" in out and "2000" in out, (out, err)
    for line in ("CapInh:\t0000000000000400", "CapPrm:\t0000000000000400", "CapEff:\t0000000000000400", "CapBnd:\t00000000a80425fb",
                 "CapAmb:\t0000000000000400", "NoNewPrivs:\t1", "Seccomp:\t2", "Groups:\t7 2000"):
        assert line in out, (line, out)
    assert "\n123\n" in out and "\n1\n" in out
    assert "ermission denied" in err


@case
def a_plain_user_may_reopen_his_output():
    p = shell("echo again >/proc/self/fd/1; echo oops >/proc/self/fd/2", taps=1,
              extra=[("CREDENTIALS", 1000, 1000, b"", ALL_CAPS, 0, 0, 0, 0)])
    assert output_of(p) == ("again\n", "oops\n", (0, 0))
    p = shell("echo again >/dev/pts/0; cat /proc/self/status | grep CapEff", taps=1, stdio="PTY",
              last=[("CREDENTIALS", 1000, 1000, b"", ALL_CAPS, 0, 0, 0, 0)])
    frames = launch(p)
    text = Tap(p.directory, "STDOUT").rest()
    assert text == b"again\r\nCapEff:\t0000000000000000\r\n" and frames.expect("EXITED") == (0, 0), text


# ---- user namespaces ----

BASE, NEWUSER, IDS = 1 << 20, 0x10000000, "0 1048576 65536"


def overlay_with_ids():
    """A store with one layer, whose files belong to root and to 1000."""
    base = tempfile.mkdtemp(prefix="store", dir=work)
    os.chmod(base, 0o755)
    shutil.copytree(root + "/bin", base + "/lower/bin", symlinks=True)
    for name in ("upper", "work", "merged", "lower/data", "lower/tmp", "lower/proc", "lower/dev", "lower/sys"):
        os.makedirs(base + "/" + name)
    for name, owner in (("roots", 0), ("thousands", 1000)):
        open(base + "/lower/data/" + name, "w").close()
        os.chown(base + "/lower/data/" + name, owner, owner)
    return base


def remapped(script, base, user=("USER_NAMESPACE", IDS, NEWNET | NEWUTS | NEWIPC), extra=(), stdio="PIPES", binds=(), uid=0, taps=1):
    """A container with ids of its own, whose root is an overlay of the store."""
    p = Plan()
    p.directory, p.base = new_directory(), base
    p.prepare("MONITOR", p.directory, CONST["STDIO_" + stdio], 0, 0, taps, 0, 0)
    p.prepare(*user)
    p.prepare("CLONE", NEWPID, "")
    p.connect("ATTACH_TREE", base + "/merged")
    p.inside("WRITE", "/proc/self/oom_score_adj", "0")
    p.inside("EFFECTIVE_IDS", BASE, BASE)
    for slot, source, _ in binds:
        p.inside("OPEN_TREE", slot, source, 1).inside("IDMAP", slot, 1, 0)
    p.inside("UNSHARE", NEWNS).inside("PROPAGATION", "/", MS_REC | MS_PRIVATE)
    p.inside("OPEN_TREE", 9, base, 0).inside("IDMAP", 9, 0, 0).inside("MOUNT_TREE", 9, base, 0, 0, 0, 0)
    p.inside("MOUNT", "overlay", "overlay", base + "/merged", 0, "lowerdir={0}/lower,upperdir={0}/upper,workdir={0}/work".format(base))
    p.inside("OPEN_TREE", 9, base + "/merged", 0).inside("OFFER_TREE", 9)
    p.inside("OPEN_TREE", 9, base + "/merged", 0).inside("EMPTY_MOUNTS").inside("ROOT", 9)
    p.inside("MOUNT", "proc", "proc", "/proc", NOSUID | NODEV | NOEXEC, "")
    p.inside("MOUNT", "tmpfs", "tmpfs", "/dev", NOSUID | STRICTATIME, "mode=755,size=65536k")
    p.inside("MKDIR", "/dev/pts", 0o755)
    p.inside("MOUNT", "devpts", "devpts", "/dev/pts", NOSUID | NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=%d" % (BASE + 5))
    p.inside("MOUNT", "sysfs", "sysfs", "/sys", RDONLY | NOSUID | NODEV | NOEXEC, "")
    p.inside("MKDIR", "/dev/mqueue", 0o755)
    p.inside("MOUNT", "mqueue", "mqueue", "/dev/mqueue", NOSUID | NODEV | NOEXEC, "")
    p.inside("MKNOD", "/dev/null", 0o20666, 1, 3, BASE, BASE)
    for slot, _, target in binds:
        p.inside("TARGET", slot, target).inside("MOUNT_TREE", slot, target, 0, 0, 0, MS_PRIVATE)
    p.inside("WAIT_CONNECTED")
    if stdio == "PTY":
        p.inside("CONSOLE", "/dev/console")
    for step in extra:
        p.inside(*step)
    p.inside("ENTER", NEWUSER).inside("UNSHARE", NEWNS)
    p.inside("CREDENTIALS", uid, uid, b"", ALL_CAPS, *(ALL_CAPS, ALL_CAPS) if uid == 0 else (0, 0), 0, 0)
    p.inside("EXEC", ["/bin/sh"], ["sh", "-c", script], ENVIRONMENT)
    return p


def detach(base):
    assert ctypes.CDLL(None).umount2((base + "/merged").encode(), 0) == 0


@case
def ids_of_ones_own_look_right_inside_and_stay_right_on_disk():
    base = overlay_with_ids()
    volume = base + "-volume"
    os.makedirs(volume)
    os.chown(volume, 1000, 1000)
    out, err, end = output_of(remapped(
        "cat /proc/self/uid_map; stat -c %u:%g /data/roots /data/thousands /dev/null /dev/pts /data/v /proc/self/ /; touch /data/new /data/v/new;"
        " chown 1000 /data/roots; echo again >/dev/stdout; mkdir /tmp/m && mount -t tmpfs none /tmp/m && echo mounted; umount /proc 2>&1;"
        " echo x >/dev/null; readlink /proc/self/ns/net; mknod /tmp/n c 1 3; cat /proc/self/status | grep CapEff; hostname inside && hostname;"
        " chroot / true && ip link set lo up && echo up",
        base, binds=[(1, volume, "/data/v")], extra=[("SYMLINK", "/proc/self/fd/1", "/dev/stdout"), ("SYSCTL", "/proc/sys/kernel/shmmax", "4242"),
               ("SYSCTL", "/proc/sys/net/ipv4/ip_forward", "1"), ("RLIMIT", 7, 123, 456)]))
    words = out.split("\n")
    assert words[0].split() == IDS.split(), out
    assert words[1:8] == ["0:0", "1000:1000", "0:0", "65534:65534", "1000:1000", "0:0", "0:0"], (out, err)
    assert "again\nmounted\numount: can't unmount /proc" in out and out.endswith("\ninside\nup\n"), (out, err)
    assert "mknod: /tmp/n: Operation not permitted" in err and end == (0, 0), (out, err)
    for path, owner in (("/upper/data/new", 0), ("/upper/data/roots", 1000), ("/lower/data/roots", 0), ("-volume/new", 0), ("-volume", 1000)):
        assert os.stat(base + path).st_uid == owner, path
    # The host has the same mount, and sees in it whom the files really belong to.
    assert os.stat(base + "/merged/data/new").st_uid == BASE and os.stat(base + "/merged/data/thousands").st_gid == BASE + 1000
    detach(base)


@case
def a_mount_may_have_ids_of_its_own():
    directory = tempfile.mkdtemp(prefix="owned", dir=work)
    for name, owner in (("roots", 0), ("theirs", 1000), ("others", 33)):
        open(directory + "/" + name, "w").close()
        os.chown(directory + "/" + name, owner, owner)
    os.chown(directory, 1000, 1000)
    script = "cd /tmp/b; stat -c %u:%g . roots theirs others; touch new; touch roots; ls /proc/self/fd | wc -l"

    def owners():
        return [os.stat(directory + "/" + name).st_uid for name in ("roots", "theirs", "others", "new")]

    # The host's ids: root inside is 1000 on disk, and the host's root is nobody inside. Nothing but stdio and the directory of ls is open.
    p = shell(script, extra_sources=[("OPEN_TREE", 2, directory, 1), ("IDMAP", 2, 1, 5)], taps=1,
              extra=[("MKDIR", "/tmp/b", 0o755), ("MOUNT_TREE", 2, "/tmp/b", 0, 0, 0, MS_PRIVATE)])
    mapping = ("MAPPING", 5, "1000 0 1\n1 1 999\n1001 1001 4294966294", "1000 0 1\n1 1 999\n1001 1001 4294966294")
    p.steps[1:1] = Plan().prepare(*mapping).steps
    out, err, end = output_of(p)
    assert out == "0:0\n65534:65534\n0:0\n33:33\n4\n" and "roots" in err and end == (0, 0), (out, err, end)
    assert owners() == [0, 1000, 33, 1000], owners()
    os.unlink(directory + "/new")
    # Ids of its own, and a mount that has others.
    base = overlay_with_ids()
    q = remapped(script.replace("/tmp/b", "/data/v"), base, binds=[(1, directory, "/data/v")])
    at = next(i for i, s in enumerate(q.steps) if s == Plan().inside("IDMAP", 1, 1, 0).steps[0])
    q.steps[at] = Plan().inside("IDMAP", 1, 1, 5).steps[0]
    inside = "1000 %d 1\n33 %d 1" % (BASE, BASE + 33)
    q.steps[1:1] = Plan().prepare("MAPPING", 5, inside, inside).steps
    out, err, end = output_of(q)
    assert out == "0:0\n65534:65534\n0:0\n33:33\n4\n" and "roots" in err and end == (0, 0), (out, err, end)
    assert owners() == [0, 1000, 33, 1000], owners()
    detach(base)
    # One process in a new user namespace at a time; and no slots but those that there are.
    wrong = remapped("true", base)
    wrong.steps[2:2] = Plan().prepare(*mapping).steps
    assert fails(wrong, errno.EPROTO) is not None
    for step, error in ((("MAPPING", 256, "", ""), errno.EPROTO), (("MAPPING", 5, "0 0 nonsense", "0 0 1"), errno.EINVAL)):
        wrong = shell("true")
        wrong.steps[1:1] = Plan().prepare(*step).steps
        assert fails(wrong, error) is not None


@case
def a_plain_user_with_ids_of_his_own_may_reopen_his_output():
    base = overlay_with_ids()
    for stdio in ("PIPES", "PTY"):
        p = remapped("id -u; echo again >/proc/self/fd/1", base, uid=1000, stdio=stdio)
        frames = launch(p)
        text = Tap(p.directory, "STDOUT").rest() if stdio == "PTY" else Tap(p.directory, "STDOUT").streams()[0]
        assert text.replace(b"\r", b"") == b"1000\nagain\n" and frames.expect("EXITED") == (0, 0), text
        detach(base)


@case
def others_join_a_user_namespace():
    base, second = overlay_with_ids(), overlay_with_ids()
    p = remapped("sleep 60", base, taps=0)
    frames = launch(p)
    ns = "/proc/%d/ns/" % frames.pid
    j = joining(frames, ["sh", "-c", "id -u; touch /tmp/by-exec; readlink /proc/self/ns/user; echo again >/proc/self/fd/1"], taps=1)
    enter = Plan("JOIN").inside("EFFECTIVE_IDS", BASE, BASE).inside("ENTER", NEWUSER | NEWNS | NEWUTS | NEWIPC | NEWNET | NEWCGROUP).steps
    j.steps[3:4] = enter
    exec_frames = launch(j)
    out = Tap(j.directory, "STDOUT").streams()[0].decode()
    assert out == "0\n%s\nagain\n" % os.readlink(ns + "user") and exec_frames.expect("EXITED") == (0, 0), out
    assert os.stat(base + "/upper/tmp/by-exec").st_uid == 0
    q = remapped("readlink /proc/self/ns/user; readlink /proc/self/ns/net; hostname new && ip link set lo down && echo both", second,
                 user=("USER_PATH", ns + "user", frames.pid, frames.start, NEWUTS | NEWIPC))
    at = next(i for i, s in enumerate(q.steps) if s[:2] == struct.pack("<H", wire.OPS["EFFECTIVE_IDS"][0]))
    q.steps[at:at] = Plan().inside("ENTER_PATH", ns + "net", NEWNET, frames.pid, frames.start).steps
    out, err, end = output_of(q)
    assert out == "%s\n%s\nboth\n" % (os.readlink(ns + "user"), os.readlink(ns + "net")) and end == (0, 0), (out, err)
    assert fails(remapped("true", second, user=("USER_PATH", ns + "user", frames.pid, frames.start + 1, 0)), errno.ESRCH, "join namespace") == 1
    frames.ask("SIGNAL", 9)
    frames.expect("EXITED")
    detach(base)
    detach(second)


@case
def what_fails_with_ids_of_ones_own_is_told():
    base = overlay_with_ids()
    assert fails(remapped("true", base, user=("USER_NAMESPACE", "0 1 nonsense", 0)), errno.EINVAL, "write /proc/") == 1
    assert fails(remapped("true", base, binds=[(1, "/proc", "/data/v")]), errno.EINVAL, "map the ids of a mount") == 7
    p = remapped("true", base)
    p.steps[1:2] = []
    assert fails(p, errno.EPROTO) is not None


def address_message(index, address, prefix):
    body = struct.pack("<BBBBi", 2, prefix, 0, 0, index) + struct.pack("<HH4s", 8, 2, bytes(map(int, address.split("."))))
    return struct.pack("<IHHII", 16 + len(body), 20, 0x600, 0, 0) + body


def link_up_message(index):
    return struct.pack("<IHHII", 32, 16, 0, 0, 0) + struct.pack("<BxHiII", 0, 0, index, 1, 1)


@case
def netlink_messages_set_up_a_network():
    # A dummy link made on the host side of the new namespace, by the child's pid.
    name = b"cairnt%d" % (os.getpid() % 10000)
    info = struct.pack("<HH", 4 + 10 + 2, 18) + struct.pack("<HH6sxx", 10, 1, b"dummy\0")
    head = struct.pack("<BxHiII", 0, 0, 0, 0, 0)
    label = struct.pack("<HH", 4 + len(name) + 1, 3) + name + b"\0"
    label += b"\0" * (-len(label) % 4)
    body = head + label + struct.pack("<HHi", 8, 19, 0) + info
    pid_offset = 16 + len(head) + len(label) + 4
    make = struct.pack("<IHHII", 16 + len(body), 16, 0x600, 0, 0) + body
    p = shell("ip -o -4 addr; ip -o link", taps=1, connect_steps=[("NETLINK", pid_offset, make)], last=[
        ("WAIT_CONNECTED",),
        ("NETLINK", 1 << 32, link_up_message(1) + address_message(2, "10.9.8.7", 24) + link_up_message(2))])
    try:
        out, err, end = output_of(p)
    except AssertionError as e:
        if "EOPNOTSUPP" in str(e) or " 95 " in str(e):
            return  # no dummy driver in this kernel
        raise
    assert "10.9.8.7/24" in out and "127.0.0.1/8" in out and name.decode() in out, (out, err)
    p = shell("true", last=[("NETLINK", 1 << 32, link_up_message(1) + address_message(7, "10.9.8.7", 24))])
    assert fails(p, errno.ENODEV, "netlink message 1") == p.index - 1


@case
def a_cgroup_is_joined():
    v1, v2 = "/sys/fs/cgroup/pids", "/sys/fs/cgroup/unified"
    if not os.path.exists(v1 + "/tasks"):
        v1 = None
    v2 = next((d for d in (v2, "/sys/fs/cgroup") if os.path.exists(d + "/cgroup.controllers")), None)
    name = "/cairn-shim-test-%d" % os.getpid()
    made = [base + name for base in (v1, v2) if base]
    for path in made:
        os.mkdir(path)
    try:
        p = Plan().prepare("MONITOR", "", CONST["STDIO_INHERIT"], 0, 0, 0, 0, 0).prepare("CLONE", 0, v2 + name if v2 else "")
        if v1:
            p.inside("CGROUP_JOIN", v1 + name + "/tasks")
        p.inside("EXEC", ["/bin/busybox"], ["cat", "/proc/self/cgroup"], [])
        done = run_file(p)
        assert done.returncode == 0 and done.stdout.count(name.encode()) == len(made), done
    finally:
        for path in made:
            until(lambda: open(path + "/cgroup.procs").read() == "")
            os.rmdir(path)


# ---- the log ----


def bytewise(error):
    return "\udc80", error.start + 1


codecs.register_error("bytewise", bytewise)
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\udc80": "\\ufffd", "\u2028": "\\u2028", "\u2029": "\\u2029"}
ESCAPES.update({c: "\\u%04x" % ord(c) for c in "<>&"})


def expected_records(data, stream):
    """What Docker's json-file driver writes for a stream, without the times: written from its description."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at, at + 16384)
        piece = data[at:] if end < 0 and len(data) - at < 16384 else data[at : at + 16384] if end < 0 else data[at : end + 1]
        at += len(piece)
        text = "".join(ESCAPES.get(c) or ("\\u%04x" % ord(c) if c < " " else c) for c in piece.decode("utf-8", "bytewise"))
        yield ('{"log":"%s","stream":"%s","time":"' % (text, stream)).encode("utf-8")


def host_plan(directory, program, arguments, log, stdio="PIPES", taps=0):
    p = Plan().prepare("MONITOR", directory, CONST["STDIO_" + stdio], 0, 0, taps, 0, 0)
    p.prepare("LOG", *log_arguments(*log)).prepare("CLONE", 0, "")
    return p.inside("EXEC", [program], [program, *arguments], [])


TIME = re.compile(rb'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{0,8}[1-9]))?Z"\}$')


def check_log(paths, data, stream="stdout"):
    lines = [l for path in paths for l in open(path, "rb").read().split(b"\n")[:-1]]
    lines = [l for l in lines if b'","stream":"%s","time":"' % stream.encode() in l]
    expected = list(expected_records(data, stream))
    assert len(lines) == len(expected), (len(lines), len(expected))
    last = b""
    for line, want in zip(lines, expected):
        assert line.startswith(want), (line[:300], want[:300])
        match = TIME.match(line[len(want) :])
        assert match, line[-60:]
        json.loads(line)
        stamp = match[1] + (match[2] or b"").ljust(9, b"0")
        assert stamp > last, (stamp, last)
        last = stamp


def random_text(source):
    pieces = [b"plain text 0123456789 and more of it", b"\n", b"\n", b"\n\n", b"<&>", b'"\\"', b"\t\x00\x1f\x7f", b"\r\n", "höß€𝄞".encode(),
              b"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xf0\x9f", b"\x80", b"\xef\xbf\xbd", b"\xff" * 20,
              b"y" * 300, b"0123456789abcdef" * 9, b"z" * 16380, b"w" * 20000, "é".encode() * 9000]
    weights = [8, 8, 8, 2, 3, 3, 2, 3, 4, 2, 2, 2, 2, 2, 2, 2, 1, 4, 4, 1, 1, 1]
    out = b""
    for _ in range(source.randrange(1, 200)):
        out += source.choices(pieces, weights)[0] if source.random() < 0.8 else source.randbytes(source.randrange(60))
    return out


@case
def the_log_is_what_docker_writes():
    source = random.Random(20260102)
    feeder = "import sys,os,json\nfor n in json.loads(sys.argv[2]): os.write(1, DATA.read(n))" .replace("DATA.read", "f.read")
    feeder = "import os,sys,json,time\nf=open(sys.argv[1],'rb')\nfor n in json.loads(sys.argv[2]):\n  os.write(1,f.read(n))\n  if n%3==0: time.sleep(0.0002)"
    for round_ in range(40):
        data = random_text(source)
        open(work + "/input", "wb").write(data)
        log = work + "/log%d" % round_
        if round_ % 2:
            p = host_plan("", "/bin/busybox", ["cat", work + "/input"], (log, 0, 1))
        else:
            sizes, left = [], len(data)
            while left > 0:
                sizes.append(min(left, source.choice((1, 3, 17, 100, 4096, 70000))))
                left -= sizes[-1]
            sizes = sizes[:300] + [1 << 30]
            p = host_plan("", sys.executable, ["-c", feeder, work + "/input", json.dumps(sizes)], (log, 0, 1))
        done = run_file(p)
        assert done.returncode == 0, done
        check_log([log], data)
        os.unlink(log)


@case
def lines_around_sixteen_kibibytes_are_split_as_docker_does():
    data = b"".join(b"%c" % (97 + i % 26) * n + b"\n" for i, n in enumerate((16382, 16383, 16384, 16385, 32767, 32768, 0, 1))) + b"tail"
    open(work + "/input", "wb").write(data)
    log = work + "/split"
    run_file(host_plan("", "/bin/busybox", ["cat", work + "/input"], (log, 0, 1)))
    check_log([log], data)
    records = [json.loads(l)["log"] for l in open(log)]
    assert [len(r) for r in records] == [16383, 16384, 16384, 1, 16384, 2, 16384, 16384, 16384, 16384, 1, 1, 2, 4]


@case
def both_streams_keep_their_own_unfinished_lines():
    log = work + "/both"
    p = host_plan("", "/bin/busybox", ["sh", "-c", "for i in 1 2 3; do printf o$i; sleep 0.02; printf e$i >&2; sleep 0.02; done; echo; echo x >&2"], (log, 0, 1))
    run_file(p)
    assert logged(log) == "o1o2o3\n" and logged(log, "stderr") == "e1e2e3x\n" and len(open(log).readlines()) == 2


@case
def attributes_are_part_of_each_record():
    log = work + "/attributes"
    for attributes in ('"attrs":{"a":"b"},', '"attrs":{"long":"%s"},' % ("x" * 8000)):
        run_file(host_plan("", "/bin/busybox", ["sh", "-c", "echo one; echo two >&2; head -c 40000 /dev/zero"], (log, 0, 1, attributes)))
        records = [json.loads(l) for l in open(log)]
        assert len(records) == 5 and all({"attrs": r["attrs"]} == json.loads("{" + attributes[:-1] + "}") for r in records)
        assert all(list(r) == ["log", "stream", "attrs", "time"] for r in records)
        os.unlink(log)


@case
def a_log_rotates_and_keeps_so_many_files():
    data = b"".join(b"line %06d\n" % i for i in range(5000))
    open(work + "/input", "wb").write(data)
    for count in (1, 3, 1000):
        log = work + "/rotated%d" % count
        run_file(host_plan("", "/bin/busybox", ["cat", work + "/input"], (log, 20_000, count)))
        files = sorted((f for f in os.listdir(work) if f.startswith("rotated%d" % count) and (f + ".")[len("rotated%d" % count)] == "."),
                       key=lambda f: -int((f + ".0").split(".")[1]))
        assert len(files) == min(count, len(files)) and (count > 100) == (len(files) > 10), files
        assert all(os.path.getsize(work + "/" + f) <= 20_000 for f in files)
        text = "".join(logged(work + "/" + f) for f in files)
        assert data.decode().endswith(text) and (count < 100 or text == data.decode())
        for f in files:
            os.unlink(work + "/" + f)
    # One record that is longer than a whole file has one to itself.
    log = work + "/tiny"
    run_file(host_plan("", "/bin/busybox", ["echo", "x" * 500], (log, 100, 2)))
    assert logged(log) == "x" * 500 + "\n"


def varint(data, at):
    number = shift = 0
    while True:
        number |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return number, at


def fields(data):
    """A protobuf message: its fields by number, each once."""
    found, at = {}, 0
    while at < len(data):
        tag, at = varint(data, at)
        assert tag >> 3 not in found and tag & 7 in (0, 2), data
        if tag & 7 == 2:
            length, at = varint(data, at)
            assert length <= len(data) - at, data
            found[tag >> 3], at = data[at : at + length], at + length
        else:
            found[tag >> 3], at = varint(data, at)
    return found


def messages(path):
    """The records of a file of Docker's driver local, read by the description of its messages."""
    data, at, found = open(path, "rb").read(), 0, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        assert struct.unpack_from(">I", data, at + 4 + length) == (length,), (path, at)
        found_fields = fields(data[at + 4 : at + 4 + length])
        assert list(found_fields) == sorted(found_fields) and set(found_fields) <= {1, 2, 3, 4, 5} and 0 not in found_fields.values()
        part = fields(found_fields[5]) if 5 in found_fields else None
        assert (part is None) == (4 not in found_fields) and (part is None or set(part) - {1} == {2, 3})
        found.append({"source": found_fields[1].decode(), "time": found_fields[2], "line": found_fields.get(3, b""), "part": part})
        at += 8 + length
    return found


def check_messages(paths, data, stream="stdout"):
    """What Docker's driver makes of a stream: its lines, and those of 16 KiB and more in numbered parts."""
    found = [m for path in paths for m in messages(path) if m["source"] == stream]
    lines = data.split(b"\n")
    at, ids, last = 0, set(), 0
    for i, line in enumerate(lines):
        ends = i < len(lines) - 1
        pieces = [line[n : n + 16384] for n in range(0, len(line), 16384)]
        if ends and len(line) % 16384 == 0:
            pieces.append(b"")
        for n, piece in enumerate(pieces):
            message = found[at]
            at += 1
            assert message["line"] == piece and message["time"] > last, (message, piece[:100])
            last = message["time"]
            if len(pieces) == 1 and ends:
                assert message["part"] is None
                continue
            part = message["part"]
            assert part[3] == n + 1 and part.get(1, 0) == (ends and n == len(pieces) - 1), (part, n, ends)
            assert re.fullmatch(b"[0-9a-f]{64}", part[2]) and (part[2] in ids) == (n > 0)
            ids.add(part[2])
    assert at == len(found), (at, len(found))


@case
def the_local_log_is_what_docker_writes():
    source = random.Random(20260103)
    for round_ in range(40):
        data = random_text(source)
        open(work + "/input", "wb").write(data)
        log = work + "/local%d" % round_
        began = time.time_ns()
        run_file(host_plan("", "/bin/busybox", ["dd", "if=" + work + "/input", "bs=%d" % source.choice((7, 100, 16384, 70000)), "status=none"],
                           (log, 0, 1, "ignored", "LOCAL")))
        check_messages([log], data)
        assert all(began <= m["time"] <= time.time_ns() for m in messages(log))
        os.unlink(log)
    data = b"".join(b"%c" % (97 + i % 26) * n + b"\n" for i, n in enumerate((16382, 16383, 16384, 16385, 32767, 32768, 0, 1))) + b"tail"
    open(work + "/input", "wb").write(data)
    run_file(host_plan("", "/bin/busybox", ["cat", work + "/input"], (log, 0, 1, "", "LOCAL")))
    check_messages([log], data)
    os.unlink(log)
    script = "for i in 1 2 3; do head -c 20000 /dev/zero; head -c 20000 /dev/zero >&2; done; echo; echo >&2"
    run_file(host_plan("", "/bin/busybox", ["sh", "-c", script], (log, 0, 1, "", "LOCAL")))
    for stream in "stdout", "stderr":
        check_messages([log], b"\0" * 60000 + b"\n", stream)
    os.unlink(log)


def local_files(name):
    """Oldest first."""
    files = [f for f in os.listdir(work) if f == name or f.startswith(name + ".")]
    return [work + "/" + f for f in sorted(files, key=lambda f: -int((f + ".0").split(".")[1]))]


@case
def a_local_log_rotates_between_records():
    data = b"".join(b"line %06d\n" % i for i in range(5000)) + b"x" * 50_000 + b"\n"
    open(work + "/input", "wb").write(data)
    for count in (1, 3, 1000):
        run_file(host_plan("", "/bin/busybox", ["cat", work + "/input"], (work + "/turned", 20_000, count, "", "LOCAL")))
        files = local_files("turned")
        assert len(files) == count or count == 1000, files
        assert all(os.path.getsize(f) <= 20_000 for f in files)
        if count == 1000:
            check_messages(files, data)
        else:
            assert data.endswith(b"".join(m["line"] + (b"\n" if m["part"] is None or m["part"].get(1) else b"")
                                         for f in files for m in messages(f)))
        for f in files:
            os.unlink(f)


@case
def compressed_files_move_along_and_rotations_are_told():
    def kept():
        return {f[len("moved") :]: open(work + "/" + f, "rb").read()[:9] for f in os.listdir(work) if f.startswith("moved")}

    for name in ("", ".1.gz", ".2.gz", ".3.gz", ".3"):
        open(work + "/moved" + name, "wb").write(b"was" + name.encode() if name else b"")
    log = (work + "/moved", 1000, 4, "", "LOCAL", 1)
    frames = launch(host_plan(new_directory(), "/bin/busybox", ["sh", "-c", "head -c 990 /dev/zero; sleep 0.2; echo; sleep 0.2; head -c 600 /dev/zero"], log))
    frames.expect("ROTATED")
    assert frames.expect("EXITED") == (0, 0)
    now = kept()
    # What was there twice, or was the oldest, is gone.
    assert now.pop("").startswith(b"\0\0") and now.pop(".1").startswith(b"\0\0"), now
    assert now == {".2.gz": b"was.1.gz", ".3.gz": b"was.2.gz"}, now
    # Without that, nobody is told, and what is not ours is not touched.
    frames = launch(host_plan(new_directory(), "/bin/busybox", ["sh", "-c", "seq 1 500"], (work + "/moved", 1000, 3)))
    assert frames.expect("EXITED") == (0, 0)
    assert set(kept()) == {"", ".1", ".2", ".2.gz", ".3.gz"}
    for name in kept():
        os.unlink(work + "/moved" + name)


@case
def names_that_somebody_reads_stay_for_a_while():
    directory = work + "/names"
    os.mkdir(directory)
    log = directory + "/log"
    held = os.open(directory, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_SH)
    for count, names in ((50, {"log"}), (200, {"log"}), (100, {"log", "log.1"})):
        # 50 records of 31 bytes each, 1550; 7750; 10850: more than twice what a file may have.
        run_file(host_plan("", "/bin/busybox", ["seq", "10001", str(10000 + count)], (log, 5000, 2, "", "LOCAL")))
        assert set(os.listdir(directory)) == names, (count, os.listdir(directory))
    os.close(held)
    run_file(host_plan("", "/bin/busybox", ["seq", "10001", "10200"], (log, 5000, 2, "", "LOCAL")))
    assert os.path.getsize(log + ".1") <= 5000 and len(messages(log)) > 0
    shutil.rmtree(directory)


@case
def what_a_killed_writer_left_of_a_record_is_cut_off():
    log = work + "/torn"

    def run(format, text):
        run_file(host_plan("", "/bin/busybox", ["printf", text], (log, 0, 1, "", format)))
        return open(log, "rb").read()

    for format in "LOCAL", "JSON_FILE":
        whole = run(format, "one\\ntwo\\n")
        first = len(records_of(whole, format, 1))
        for cut in range(first + 1, len(whole)):
            open(log, "wb").write(whole[:cut])
            after = run(format, "three\\n")
            assert after[:first] == whole[:first] and records_of(after, format, 1) == whole[:first], (format, cut)
            assert len(records_of(after, format, 2)) == len(after), (format, cut)
        # Nothing but a torn record; and zeros, as a power cut leaves them.
        for torn in whole[: first - 1], whole[:first] + b"\0" * (3000 if format == "LOCAL" else 0), b"":
            open(log, "wb").write(torn)
            after = run(format, "three\\n")
            assert len(records_of(after, format, 1 if torn[:first] != whole[:first] else 2)) == len(after), (format, torn)
        # What is too long to be a record of ours is somebody else's.
        open(log, "wb").write(whole + b"\xff" * 20_000)
        assert run(format, "three\\n").startswith(whole + b"\xff" * 20_000)
        os.unlink(log)


def records_of(data, format, count):
    """The bytes of the first so many records."""
    at = 0
    for _ in range(count):
        at = data.index(b"\n", at) + 1 if format == "JSON_FILE" else at + 8 + struct.unpack_from(">I", data, at)[0]
    return data[:at]


@case
def a_full_disk_loses_records_and_nothing_else():
    disk = work + "/disk"
    os.makedirs(disk, exist_ok=True)
    subprocess.check_call(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk])
    try:
        p = host_plan(new_directory(), "/bin/busybox", ["sh", "-c", "seq 1 20000; exit 3"], (disk + "/log", 0, 1), taps=1)
        frames = launch(p)
        out, _ = Tap(directories[-1], "STDOUT").streams()
        assert len(out.split()) == 20000 and frames.expect("EXITED") == (3, 0)
        until(lambda: not os.path.exists("/proc/%d" % frames.shim))  # It has the log open, on what is to be unmounted.
        text = open(disk + "/log").read()
        assert text.endswith('"}\n') and len(text) > 50_000
        assert [json.loads(l)["log"] for l in text.splitlines()][:3] == ["1\n", "2\n", "3\n"]
        os.unlink(disk + "/log")
        run_file(host_plan("", "/bin/busybox", ["seq", "1", "20000"], (disk + "/log", 0, 1, "", "LOCAL")))
        lines = [m["line"] for m in messages(disk + "/log")]
        assert len(lines) > 1000 and lines == [b"%d" % (i + 1) for i in range(len(lines))]
    finally:
        subprocess.check_call(["umount", disk])


@case
def a_log_is_never_written_through_a_link():
    log = work + "/link"
    os.symlink(work + "/elsewhere", log)
    p = host_plan("", "/bin/busybox", ["true"], (log, 0, 1))
    assert fails(p, errno.ELOOP, "open " + log) == 1
    assert not os.path.exists(work + "/elsewhere")


# ---- hostile plans ----


def harmless():
    p = Plan().prepare("MONITOR", "", CONST["STDIO_PIPES"], 0, 0, 0, 0, 0).prepare("CLONE", NEWUTS, "")
    p.inside("HOSTNAME", "a-name").inside("EXEC", ["/bin/busybox"], ["true"], ["A=b"])
    return p


def verdict(data):
    """Through the launcher, whose shims must all end by themselves with a report."""
    connection = connect(launcher.path)
    connection.settimeout(20)
    connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)
    answer = b""
    try:
        while True:
            part = connection.recv(4096)
            if not part:
                break
            answer += part
    except ConnectionResetError:
        pass
    connection.close()
    return answer


@case
def a_plan_cut_off_anywhere_is_refused():
    data = harmless().bytes()
    for cut in range(len(data)):
        answer = verdict(data[:cut])
        assert answer[:4] == struct.pack("<I", CONST["REPORT_FAILED"]), (cut, answer)
    assert launch(harmless()).expect("EXITED") == (0, 0)


@case
def lying_lengths_are_refused():
    data = harmless().bytes()
    failed = struct.pack("<I", CONST["REPORT_FAILED"])
    # Whatever stands in the fields of sizes and kinds is judged before any step is carried out.
    at, fields = 20, [(0, 4), (4, 4), (8, 4), (12, 4), (16, 4)]
    for step in harmless().steps:
        fields += [(at, 2), (at + 2, 2), (at + 4, 4)]
        at += len(step)
    for offset, size in fields:
        for value in (0, 1, 2, 3, 7, 8, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF):
            value &= (1 << 8 * size) - 1
            changed = data[:offset] + value.to_bytes(size, "little") + data[offset + size :]
            if changed != data:
                answer = verdict(changed)
                assert answer[:4] == failed, (offset, value, answer)
    # Lengths within the arguments: of each string and vector.
    exec_at = len(data) - len(harmless().steps[-1]) + 8
    for value in (0, 1, 12, 14, 255, 0xFFFFFFFB, 0xFFFFFFFF):
        changed = data[:exec_at] + struct.pack("<I", value) + data[exec_at + 4 :]
        assert verdict(changed)[:4] == failed, value


@case
def steps_out_of_order_are_refused():
    def check(p, word):
        answer = verdict(p.bytes())
        assert answer[:4] == struct.pack("<I", CONST["REPORT_FAILED"]) and word.encode() in answer, answer

    monitor = ("MONITOR", "", 0, 0, 0, 0, 0, 0)
    end = ("EXEC", ["/bin/busybox"], ["true"], [])
    check(Plan().prepare("CLONE", 0, "").inside(*end), "missing")
    check(Plan().prepare(*monitor).inside(*end), "CLONE")
    check(Plan().prepare(*monitor).prepare("CLONE", 0, ""), "missing")
    check(Plan().prepare(*monitor).prepare(*monitor).prepare("CLONE", 0, "").inside(*end), "twice")
    check(Plan().prepare(*monitor).prepare("CLONE", 0, "").prepare("MKDIR", "/x", 0).inside(*end), "last")
    check(Plan().prepare(*monitor).prepare("CLONE", 0, "").inside(*end).inside("UMASK", 0), "last")
    check(Plan().prepare(*monitor).prepare("CLONE", 0, "").inside("UMASK", 0).connect("MKDIR", "/x", 0).inside(*end), "section")
    check(Plan().prepare(*monitor).prepare("CLONE", 0, "").inside("OPEN_TREE", 256, "/", 0).inside(*end), "slot")
    check(Plan().prepare(*monitor).prepare("CLONE", 0, "").inside("CREDENTIALS", 0, 0, b"abc", 0, 0, 0, 0, 0).inside(*end), "groups")
    check(Plan().prepare(*monitor).prepare("CLONE", 0, "").inside("ENTER", 0).inside(*end), "kind")
    check(Plan("JOIN").prepare(*monitor).prepare("CLONE", 0, "").inside(*end), "kind")
    check(Plan().prepare(*monitor).prepare("CLONE", 0x100, "").inside(*end), "clone")
    for wrong in ("/none", 2, 0, 1, 0, ""), ("/none", 0, 0, 10001, 0, ""), ("/none", 0, 0, 1, 0, "x" * 8193):
        check(Plan().prepare(*monitor).prepare("LOG", *wrong).prepare("CLONE", 0, "").inside(*end), "log")


@case
def random_damage_never_kills_a_shim():
    source = random.Random(7)
    if SANITIZED:
        rounds = 150
    else:
        rounds = 400
    # Without CLONE the plan is never carried out, whatever the damage makes of the rest.
    p = Plan().prepare("MONITOR", "", 0, 0, 0, 0, 0, 0)
    for i in range(5):
        p.inside("EXEC", ["/none%d" % i], ["x", "y"], ["A=b"])
        p.inside("MOUNT", "a", "b", "/none", 0, "c")
    data = p.bytes()
    for _ in range(rounds):
        changed = bytearray(data)
        for _ in range(source.randrange(1, 6)):
            changed[source.randrange(20, len(changed))] = source.randrange(256)
        assert verdict(bytes(changed))[:4] == struct.pack("<I", CONST["REPORT_FAILED"])


# ---- at the end ----


@case
def a_terminated_daemon_ends_the_launcher_but_no_container():
    directory = new_directory()
    other = Launcher(directory)
    p = shell("sleep 0.5; exit 8")
    frames = other.launch(p).started()
    assert other.close() == 0 and not os.path.exists(other.path)
    assert frames.expect("EXITED") == (8, 0)


@case
def nothing_is_left():
    def gone(pid, start):
        try:
            return int(open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[19]) != start
        except (FileNotFoundError, ProcessLookupError):
            return True

    for pid, start in seen_processes:
        until(lambda: gone(pid, start), 5)
    for directory in directories:
        left = set(os.listdir(directory)) - {"log", "pid", "exit"} if os.path.exists(directory) else set()
        assert not left, (directory, left)
    mounts_now = open("/proc/self/mountinfo").read()
    # One of somebody else may have gone with its mount point.
    new = set(mounts_now.split("\n")) - set(mounts_before.split("\n"))
    assert not new, new
    children = open("/proc/%d/task/%d/children" % (launcher.process.pid, launcher.process.pid)).read()
    assert children == "", children
    reports = [f for f in os.listdir("/tmp") if f.startswith("cairn-shim-asan")]
    for report in reports:
        print(open("/tmp/" + report).read()[:3000])
        os.unlink("/tmp/" + report)
    assert not reports
    assert hashlib.sha256(open(wire.SHIM, "rb").read()).digest() == shim_hash
