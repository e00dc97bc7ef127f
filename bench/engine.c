/*
 * Drives an engine over its socket without a CLI, as `docker run --rm` does it, and prints how long each run took:
 *
 *   engine SOCKET IMAGE NETWORK COUNT PAUSE_MS PROGRAM [ARGUMENT...]
 *
 * create (AutoRemove), wait for "removed" on a second connection, start, read the exit status. One line a run: milliseconds, from the
 * first byte of create to the last byte of wait. Both connections are kept, so the engine's work is all that is measured.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static const char *socket_path;

struct connection {
	int fd;
	char buffer[65536];
	size_t have; /* bytes in buffer */
	size_t body; /* where the body starts */
	int status;
	int chunked;
	long length;
};

static void die(const char *what)
{
	fprintf(stderr, "engine: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void open_connection(struct connection *c)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	strncpy(address.sun_path, socket_path, sizeof address.sun_path - 1);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0)
		die(socket_path);
}

static void ask(struct connection *c, const char *path, const char *json)
{
	char request[65536];
	int n = snprintf(request, sizeof request,
			 "POST /v1.41%s HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", path,
			 strlen(json), json);

	c->have = c->body = 0;
	if (write(c->fd, request, (size_t)n) != n)
		die("write");
}

static void more(struct connection *c)
{
	ssize_t n = read(c->fd, c->buffer + c->have, sizeof c->buffer - 1 - c->have);

	if (n <= 0)
		die("read");
	c->have += (size_t)n;
	c->buffer[c->have] = 0;
}

static void headers(struct connection *c)
{
	char *end;

	while (c->have < 4 || !(end = strstr(c->buffer, "\r\n\r\n")))
		more(c);
	c->body = (size_t)(end - c->buffer) + 4;
	c->status = atoi(c->buffer + 9);
	c->chunked = 0;
	c->length = 0;
	for (char *line = c->buffer; line < end; line = strstr(line, "\r\n") + 2) {
		if (!strncasecmp(line, "Content-Length:", 15))
			c->length = atol(line + 15);
		if (!strncasecmp(line, "Transfer-Encoding: chunked", 26))
			c->chunked = 1;
	}
}

/* Reads the whole body; returns its first byte, still in chunks if it came in chunks. */
static char *body(struct connection *c)
{
	if (c->chunked)
		while (c->have < c->body + 5 || memcmp(c->buffer + c->have - 5, "0\r\n\r\n", 5))
			more(c);
	else
		while (c->have < c->body + (size_t)c->length)
			more(c);
	return c->buffer + c->body;
}

static void expect(struct connection *c, int status, const char *what)
{
	if (c->status != status) {
		fprintf(stderr, "engine: %s answered %d: %s\n", what, c->status, body(c));
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static struct connection a, b;
	char create[65536], path[256], id[65];
	struct timespec begin, end;
	int count, pause_ms;
	size_t n;

	if (argc < 7) {
		fprintf(stderr, "usage: engine SOCKET IMAGE NETWORK COUNT PAUSE_MS PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	socket_path = argv[1];
	count = atoi(argv[4]);
	pause_ms = atoi(argv[5]);
	n = (size_t)snprintf(create, sizeof create, "{\"Image\":\"%s\",\"Cmd\":[", argv[2]);
	for (int i = 6; i < argc; i++)
		n += (size_t)snprintf(create + n, sizeof create - n, "%s\"%s\"", i > 6 ? "," : "", argv[i]);
	snprintf(create + n, sizeof create - n, "],\"HostConfig\":{\"AutoRemove\":true,\"NetworkMode\":\"%s\"}}", argv[3]);

	open_connection(&a);
	open_connection(&b);
	for (int i = 0; i < count; i++) {
		char *found, *answer;

		usleep((useconds_t)pause_ms * 1000);
		clock_gettime(CLOCK_MONOTONIC, &begin);
		ask(&a, "/containers/create", create);
		headers(&a);
		answer = body(&a);
		expect(&a, 201, "create");
		found = strstr(answer, "\"Id\":\"");
		if (!found)
			die("create: no id");
		memcpy(id, found + 6, 64);
		id[64] = 0;

		snprintf(path, sizeof path, "/containers/%s/wait?condition=removed", id);
		ask(&b, path, "");
		/* The headers come at once; without them the start could overtake the wait. */
		headers(&b);
		expect(&b, 200, "wait");

		snprintf(path, sizeof path, "/containers/%s/start", id);
		ask(&a, path, "");
		headers(&a);
		body(&a);
		expect(&a, 204, "start");

		answer = body(&b);
		clock_gettime(CLOCK_MONOTONIC, &end);
		if (!strstr(answer, "\"StatusCode\":0")) {
			fprintf(stderr, "engine: wait answered %s\n", answer);
			return 1;
		}
		printf("%.3f\n", (double)(end.tv_sec - begin.tv_sec) * 1e3 + (double)(end.tv_nsec - begin.tv_nsec) / 1e6);
		fflush(stdout);
	}
	return 0;
}
