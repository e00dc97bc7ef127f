/* The monitor: one poll loop that carries bytes between the process, its log and its taps, until the process is gone. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

#include "kernel.h"
#include "launch.h"
#include "log.h"
#include "report.h"

enum {
    CONNECTIONS = 64,
    CHUNK = 64 * 1024,  /* output, read in one go */
    TYPED = 32 * 1024,  /* input, read in one go */
    FRAME_HEAD = 8,     /* of Docker's multiplexed stream */
    ASK_MAX = 8,        /* the longest payload of a question */
};
#define MILLISECONDS UINT64_C(1000000)
#define WAIT_FOR_TAPS (2000 * MILLISECONDS)
#define WAIT_FOR_MORE (100 * MILLISECONDS)    /* output of others, after the process has ended */
#define WAIT_FOR_READER (10000 * MILLISECONDS) /* that has stopped reading, after the process has ended */

enum role { FREE, ASKING, CONTROL, TAP };

struct connection {
    enum role role;
    int fd;
    unsigned char have;                     /* bytes of a question */
    unsigned char question[8 + ASK_MAX];
    unsigned char wants;                    /* a tap's ATTACH_* */
    bool ended;                             /* a tap that sends no more input */
    bool deaf;                              /* a tap that takes no more output */
    size_t sent;                            /* of the chunk */
};

struct source {
    int fd; /* -1: at its end */
    enum stream stream;
    int owed; /* after the process has ended: bytes that were in the pipe by then */
};

/* There is one monitor in a process. The large arrays cost nothing until they are used. */
static struct monitor {
    struct launch *launch;
    struct connection connections[CONNECTIONS];
    struct source sources[2];
    int peer;                   /* the other end of the terminal */
    unsigned attached;          /* taps that there were so far */
    uint64_t began;             /* monotonic, as all times but these two: */
    uint64_t started, ended_at; /* unix time; 0: not yet */
    uint64_t ended, progress;   /* of the process; of its output to a tap since then */
    int code, signal;
    bool input_ending; /* to be closed as soon as `typed` is written */
    size_t typed_length, typed_sent;
    size_t chunk_length; /* no output is read while a tap still has to get some of this */
    unsigned char typed[TYPED];
    unsigned char chunk[FRAME_HEAD + CHUNK + LOG_SLACK];
} m;

static bool is_pty(void) {
    return m.launch->stdio == STDIO_PTY;
}

/* ---- connections ---- */

static void drop(struct connection *c) {
    char ignored[4096];
    /* Closed with input unread, the peer would get ECONNRESET in place of its last output. */
    shutdown(c->fd, SHUT_RDWR);
    for (int i = 0; i < 256 && recv(c->fd, ignored, sizeof ignored, MSG_DONTWAIT) > 0; i++)
        ;
    close(c->fd);
    *c = (struct connection){.role = FREE, .fd = -1};
}

static void drop_all(enum role role) {
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (m.connections[i].role == role)
            drop(&m.connections[i]);
}

static void adopt(int fd, enum role role) {
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (m.connections[i].role == FREE) {
            m.connections[i] = (struct connection){.role = role, .fd = fd};
            return;
        }
    close(fd);
}

void monitor_adopt(int connection) {
    adopt(connection, CONTROL);
}

/* All control connections, or only this one of them. */
static void tell(const struct report *report, const struct connection *only) {
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (m.connections[i].role == CONTROL && (only == NULL || only == &m.connections[i]))
            report_send(report, m.connections[i].fd);
}

static void tell_pids(const struct launch *launch, const struct connection *only) {
    struct report report = {.type = REPORT_PID, .length = sizeof report.pid,
                            .pid = {launch->pid, getpid(), launch->start, launch->shim_start}};
    tell(&report, only);
}

void monitor_announce(const struct launch *launch) {
    tell_pids(launch, NULL);
}

static void tell_started(const struct connection *only) {
    struct report report = {.type = REPORT_STARTED, .length = sizeof report.started, .started = m.started};
    tell(&report, only);
}

static void tell_rotated(void) {
    tell(&(struct report){.type = REPORT_ROTATED}, NULL);
}

static void accept_connection(void) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    int fd = accept4(m.launch->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && (peer.uid == 0 || peer.uid == geteuid()))
        adopt(fd, ASKING);
    else
        close(fd);
}

/* ---- input ---- */

static void end_input(void) {
    if (m.launch->input >= 0 && !is_pty())
        close(m.launch->input);
    m.launch->input = -1;
    m.typed_length = m.typed_sent = 0;
}

static void write_input(void) {
    while (m.typed_sent < m.typed_length) {
        ssize_t n = write(m.launch->input, m.typed + m.typed_sent, m.typed_length - m.typed_sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0) {
            end_input(); /* the process has closed it */
            return;
        }
        m.typed_sent += (size_t)n;
    }
    m.typed_length = m.typed_sent = 0;
    if (m.input_ending)
        end_input();
}

static void ask_to_end_input(void) {
    if (is_pty() || m.launch->input < 0)
        return;
    m.input_ending = true;
    write_input();
}

static bool feeds(const struct connection *c) {
    return c->wants & ATTACH_STDIN && m.launch->input >= 0 && !m.input_ending;
}

/* What a tap sends: input of the process, or nothing that anybody wants. */
static void take_input(struct connection *c) {
    unsigned char ignored[4096];
    bool feeding = feeds(c);
    if (feeding && m.typed_length > 0)
        return;
    ssize_t n = recv(c->fd, feeding ? m.typed : ignored, feeding ? sizeof m.typed : sizeof ignored, MSG_DONTWAIT);
    if (n > 0 && feeding) {
        m.typed_length = (size_t)n;
        write_input();
    } else if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        c->ended = true;
        c->deaf = c->deaf || n < 0;
        if (feeding && m.launch->stdin_once)
            ask_to_end_input();
    }
}

/* ---- output ---- */

static bool waits_for(const struct connection *c) {
    return c->role == TAP && !c->deaf && c->sent < m.chunk_length;
}

static bool chunk_pending(void) {
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (waits_for(&m.connections[i]))
            return true;
    return false;
}

static void feed_tap(struct connection *c) {
    while (waits_for(c)) {
        ssize_t n = send(c->fd, m.chunk + c->sent, m.chunk_length - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) {
            c->sent += (size_t)n;
            m.progress = now_ns(CLOCK_MONOTONIC);
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR) {
            c->deaf = true;
        }
    }
}

static void pump(struct source *source) {
    unsigned char *data = m.chunk + FRAME_HEAD;
    ssize_t n = read(source->fd, data, CHUNK);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        source->owed = 0;
        return;
    }
    if (n <= 0) { /* for a terminal the end is EIO */
        if (!is_pty())
            close(source->fd);
        source->fd = -1;
        return;
    }
    source->owed -= (int)n;
    if (log_write(source->stream, data, (size_t)n))
        tell_rotated();
    m.chunk[0] = (unsigned char)source->stream;
    memset(m.chunk + 1, 0, 3);
    for (int i = 0; i < 4; i++)
        m.chunk[4 + i] = (unsigned char)(n >> 8 * (3 - i));
    m.chunk_length = FRAME_HEAD + (size_t)n;
    size_t start = is_pty() ? FRAME_HEAD : 0; /* a terminal's stream is raw */
    unsigned char wanted = source->stream == STDOUT ? ATTACH_STDOUT : ATTACH_STDERR;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct connection *c = &m.connections[i];
        c->sent = c->wants & wanted ? start : m.chunk_length;
        feed_tap(c);
    }
}

/* Output waits for the taps that were promised, so that they miss nothing; but not for a daemon that has gone. */
static bool gate_open(uint64_t now) {
    unsigned controls = 0;
    for (size_t i = 0; i < CONNECTIONS; i++)
        controls += m.connections[i].role == CONTROL;
    if (m.attached < m.launch->taps && controls > 0 && now - m.began < WAIT_FOR_TAPS)
        return false;
    m.launch->taps = 0; /* once open, it stays so */
    return true;
}

/* ---- questions ---- */

static uint32_t number_at(const unsigned char *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void resize(uint32_t rows, uint32_t columns) {
    m.launch->rows = (unsigned short)(rows < 0xffff ? rows : 0xffff);
    m.launch->columns = (unsigned short)(columns < 0xffff ? columns : 0xffff);
    struct winsize size = {.ws_row = m.launch->rows, .ws_col = m.launch->columns};
    if (is_pty() && m.launch->output >= 0)
        ioctl(m.launch->output, TIOCSWINSZ, &size);
}

/* Answers one question; false if it makes no sense. */
static bool answer(struct connection *c, uint32_t type, uint32_t length) {
    const unsigned char *payload = c->question + 8;
    c->have = 0;
    if (type == ASK_CONTROL && length == 0) {
        c->role = CONTROL;
        tell_pids(m.launch, c);
        if (m.started != 0)
            tell_started(c);
    } else if (type == ASK_ATTACH && length == 4) {
        c->role = TAP;
        c->wants = payload[0] & (ATTACH_STDIN | ATTACH_STDOUT | ATTACH_STDERR);
        c->sent = m.chunk_length; /* of what is under way it gets nothing */
        m.attached++;
    } else if (type == ASK_RESIZE && length == 8) {
        resize(number_at(payload), number_at(payload + 4));
    } else if (type == ASK_SIGNAL && length == 4) {
        pidfd_send(m.launch->process, (int)number_at(payload));
    } else if (type == ASK_CLOSE_STDIN && length == 0) {
        ask_to_end_input();
    } else {
        return false;
    }
    return true;
}

/* Reads no byte beyond a question, for those after ASK_ATTACH are input of the process. */
static void take_questions(struct connection *c) {
    while (c->role == ASKING || c->role == CONTROL) {
        uint32_t length = c->have < 8 ? 0 : number_at(c->question + 4);
        if (length > ASK_MAX || (c->have == 8 + length && !answer(c, number_at(c->question), length))) {
            drop(c);
        } else if (c->role != TAP) {
            length = c->have < 8 ? 0 : number_at(c->question + 4);
            ssize_t n = recv(c->fd, c->question + c->have, 8 + length - c->have, MSG_DONTWAIT);
            if (n < 0 && errno == EAGAIN)
                return;
            if (n > 0)
                c->have = (unsigned char)(c->have + n);
            else if (n == 0 || errno != EINTR)
                drop(c);
        }
    }
}

static void serve_connection(struct connection *c, short events) {
    if (c->role == ASKING || c->role == CONTROL) {
        take_questions(c);
        return;
    }
    if (events & POLLOUT)
        feed_tap(c);
    if (events & (POLLHUP | POLLERR))
        c->deaf = true;
    if (!c->ended && events & (POLLIN | POLLHUP | POLLERR))
        take_input(c);
    if (c->ended && c->deaf)
        drop(c);
}

/* ---- the child ---- */

static void take_terminal(struct msghdr *message) {
    int fd = received_descriptor(message);
    if (fd < 0)
        return;
    fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
    /* While this is open, a process that closes its terminal for a while (an init system does) is not taken for its end. */
    m.peer = ioctl(fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    m.launch->output = fd;
    m.launch->input = m.launch->open_stdin ? fd : -1;
    m.sources[0].fd = fd;
    if (m.launch->rows != 0 || m.launch->columns != 0)
        resize(m.launch->rows, m.launch->columns); /* it may have changed since the child set it */
}

/* Reads what the child has to say before it executes something. False if it failed. */
static bool take_status(void) {
    struct failure said;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    struct iovec data = {&said, sizeof said};
    struct launch *launch = m.launch;
    for (;;) {
        struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        ssize_t n = recvmsg(launch->status, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (n < 0 && errno == EAGAIN)
            return true;
        if (n == sizeof said) {
            failure = said;
            failure.text[sizeof failure.text - 1] = '\0';
            return false;
        }
        if (n == 1)
            take_terminal(&message);
        /* ECONNRESET: the child left the "connected" byte unread; what it said comes behind the error. */
        if (n == 0 || (n < 0 && errno != EINTR && errno != ECONNRESET))
            break;
    }
    close(launch->status);
    launch->status = -1;

    /* Closed on exec, or because the child was killed before. */
    struct process process = {.executed = true};
    if (process_read(launch->pid, &process) == 0 && !process.executed) {
        struct pollfd end = {.fd = launch->process, .events = POLLIN};
        siginfo_t how = {0};
        struct digits digits;
        poll(&end, 1, 1000); /* it is on its way out; on a machine that is too busy for that nothing is known of its end */
        waitid((idtype_t)P_PIDFD_, (id_t)launch->process, &how, WEXITED | WNOWAIT | WNOHANG | __WALL);
        errno = 0;
        failed("the process ended ", NULL);
        if (how.si_pid != 0)
            failed_more(how.si_code == CLD_EXITED ? "with status " : "with signal ", decimal(how.si_status, &digits), " ", NULL);
        failed_more("before it could be executed", NULL);
        failure.step = NO_STEP;
        return false;
    }
    m.started = now_ns(CLOCK_REALTIME);
    if (launch->directory >= 0) {
        int64_t numbers[] = {launch->pid, (int64_t)launch->start, getpid(), (int64_t)launch->shim_start, (int64_t)m.started};
        state_write(launch->directory, "pid", "pid.new", numbers, 5);
    }
    tell_started(NULL);
    return true;
}

static void reap(void) {
    siginfo_t info = {0};
    if (waitid((idtype_t)P_PIDFD_, (id_t)m.launch->process, &info, WEXITED | __WALL) != 0)
        return;
    m.signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
    m.code = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    m.ended_at = now_ns(CLOCK_REALTIME);
    m.ended = m.progress = now_ns(CLOCK_MONOTONIC);
    if (m.peer >= 0)
        close(m.peer);
    for (int i = 0; i < 2; i++)
        if (m.sources[i].fd >= 0 && ioctl(m.sources[i].fd, FIONREAD, &m.sources[i].owed) != 0)
            m.sources[i].owed = 0;
}

/* After the process itself has ended: is all of its output read? Others may hold the pipe for as long as they like. */
static bool output_done(uint64_t now) {
    for (int i = 0; i < 2; i++)
        if (m.sources[i].fd >= 0 && (m.sources[i].owed > 0 || now - m.ended < WAIT_FOR_MORE))
            return false;
    return !chunk_pending();
}

/* ---- the loop ---- */

/* Adds an entry; without events the descriptor is not looked at unless it is `always`. */
static struct pollfd *watch(struct pollfd **next, int fd, int events, bool always) {
    struct pollfd *entry = (*next)++;
    *entry = (struct pollfd){.fd = events != 0 || always ? fd : -1, .events = (short)events};
    return entry;
}

static int tap_events(const struct connection *c) {
    int events = waits_for(c) ? POLLOUT : 0;
    if (!c->ended && (!feeds(c) || m.typed_length == 0))
        events |= POLLIN;
    return events;
}

/* Rounded up, for poll. */
static int milliseconds(uint64_t now, uint64_t due) {
    return due <= now ? 0 : (int)((due - now + MILLISECONDS - 1) / MILLISECONDS);
}

/* -1: wait for as long as it takes. */
static int next_deadline(uint64_t now, bool open, bool pending) {
    if (!open)
        return milliseconds(now, m.began + WAIT_FOR_TAPS);
    if (m.ended == 0)
        return -1;
    return milliseconds(now, pending ? m.progress + WAIT_FOR_READER : m.ended + WAIT_FOR_MORE);
}

static void drop_stalled_taps(void) {
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (waits_for(&m.connections[i]))
            drop(&m.connections[i]);
}

/* One round. False once the child has failed to become the process. */
static bool turn(uint64_t now, bool open) {
    struct launch *launch = m.launch;
    struct pollfd waits[CONNECTIONS + 6], *next = waits;
    bool pending = chunk_pending();
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct connection *c = &m.connections[i];
        watch(&next, c->fd, c->role == TAP ? tap_events(c) : c->role == FREE ? 0 : POLLIN, c->role == TAP && !c->deaf);
    }
    struct pollfd *listener = watch(&next, launch->listener, POLLIN, false);
    struct pollfd *status = watch(&next, launch->status, POLLIN, false);
    struct pollfd *process = watch(&next, m.ended == 0 ? launch->process : -1, POLLIN, false);
    struct pollfd *input = watch(&next, launch->input, m.typed_length > 0 ? POLLOUT : 0, false);
    struct pollfd *sources[2];
    for (int i = 0; i < 2; i++)
        sources[i] = watch(&next, m.sources[i].fd, open && !pending ? POLLIN : 0, false);

    if (poll(waits, (nfds_t)(next - waits), next_deadline(now, open, pending)) < 0)
        return true;
    /* Status before the process: of a short life, both are there at once. */
    if ((status->revents | process->revents) != 0 && launch->status >= 0 && !take_status())
        return false;
    if (process->revents != 0)
        reap();
    if (input->revents != 0 && launch->input >= 0)
        write_input();
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (waits[i].revents != 0)
            serve_connection(&m.connections[i], waits[i].revents);
    for (int i = 0; i < 2; i++)
        if ((sources[i]->revents != 0 || (m.ended != 0 && open)) && m.sources[i].fd >= 0 && !chunk_pending())
            pump(&m.sources[i]);
    if (listener->revents != 0)
        accept_connection();
    return true;
}

/* Everything is written down before anybody is told. */
static int finish(void) {
    int directory = m.launch->directory;
    if (log_end())
        tell_rotated();
    drop_all(TAP);
    if (directory >= 0) {
        int64_t numbers[] = {m.code, m.signal, (int64_t)m.ended_at};
        state_write(directory, "exit", "exit.new", numbers, 3);
        /* Also before: the next shim of this container may bind its own at once. */
        unlinkat(directory, "shim.sock", 0);
    }
    struct report report = {.type = REPORT_EXITED, .length = sizeof report.exited, .exited = {m.code, m.signal, m.ended_at}};
    tell(&report, NULL);
    drop_all(CONTROL);
    return m.code;
}

/* In the foreground a terminal's signals go to the process directly, and others are passed on. */
static int passed_on = -1;

static void pass_on(int signal) {
    pidfd_send(passed_on, signal);
}

static void take_signals(int process) {
    struct sigaction action = {.sa_handler = pass_on};
    passed_on = process;
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

int monitor(struct launch *launch) {
    m.launch = launch;
    m.peer = -1;
    m.sources[0] = (struct source){.fd = launch->output, .stream = STDOUT};
    m.sources[1] = (struct source){.fd = launch->errors, .stream = STDERR};
    m.began = now_ns(CLOCK_MONOTONIC);
    if (launch->foreground)
        take_signals(launch->process);
    for (;;) {
        uint64_t now = now_ns(CLOCK_MONOTONIC);
        bool open = gate_open(now);
        if (m.ended != 0 && open && output_done(now))
            return finish();
        if (m.ended != 0 && chunk_pending() && now - m.progress >= WAIT_FOR_READER)
            drop_stalled_taps();
        if (!turn(now, open))
            return give_up(launch);
    }
}

int give_up(struct launch *launch) {
    struct report report = report_failure();
    if (launch->process >= 0) {
        pidfd_send(launch->process, SIGKILL);
        waitid((idtype_t)P_PIDFD_, (id_t)launch->process, NULL, WEXITED | __WALL);
    }
    if (launch->directory >= 0) {
        unlinkat(launch->directory, "shim.sock", 0);
        unlinkat(launch->directory, "pid", 0);
    }
    tell(&report, NULL);
    drop_all(TAP);
    drop_all(CONTROL);
    if (launch->foreground) {
        const char *parts[] = {"cairn-shim: ", failure.text, ": ", strerror(failure.error), "\n"};
        for (size_t i = 0; i < 5; i++)
            if (failure.error != 0 || (i != 2 && i != 3))
                (void)!write(2, parts[i], strlen(parts[i]));
    }
    /* As shells and Docker: not found, not executable, anything else. */
    bool executing = launch->plan.count > 0 && failure.step == launch->plan.count - 1;
    return !executing ? 125 : failure.error == ENOENT || failure.error == ENOTDIR ? 127 : failure.error == EACCES ? 126 : 125;
}
