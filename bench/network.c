/*
 * Traffic for the benchmark of networks; static, for the host and for containers:
 *
 *   network sink PORT                          take what comes, one connection after the other, and answer each with one byte at its end
 *   network source ADDRESS PORT MEBIBYTES      send so much to a sink; prints the milliseconds until its answer
 *   network ask ADDRESS NAME COUNT AT_ONCE     ask a name server for a name so many times, with so many questions under way; prints the
 *                                              milliseconds until the last answer
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static char buffer[1 << 20];

static void die(const char *what)
{
	fprintf(stderr, "network: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int open_to(const char *address, int port, int type)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
	struct timeval patience = {.tv_sec = 10};
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		die(address);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		die(address);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return fd;
}

static void sink(int port)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) < 0 || listen(fd, 8) < 0)
		die("listen");
	puts("ready");
	fflush(stdout);
	for (;;) {
		int connection = accept(fd, NULL, NULL);

		if (connection < 0)
			die("accept");
		while (read(connection, buffer, sizeof buffer) > 0)
			;
		if (write(connection, "", 1) != 1)
			fprintf(stderr, "network: the source has gone\n");
		close(connection);
	}
}

static void source(const char *address, int port, long mebibytes)
{
	int fd = open_to(address, port, SOCK_STREAM);
	double begin = now();

	for (long left = mebibytes << 20; left > 0;) {
		ssize_t n = write(fd, buffer, left < (long)sizeof buffer ? (size_t)left : sizeof buffer);

		if (n < 0)
			die("write");
		left -= n;
	}
	shutdown(fd, SHUT_WR);
	if (read(fd, buffer, 1) != 1)
		die("read");
	printf("%.3f\n", now() - begin);
}

/* Writes the question for a name's addresses; returns its length. */
static size_t question(unsigned char *packet, unsigned short number, const char *name)
{
	static const unsigned char head[] = {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}, tail[] = {0, 0, 1, 0, 1};
	unsigned char *end = packet + sizeof head;

	memcpy(packet, head, sizeof head);
	packet[0] = (unsigned char)(number >> 8);
	packet[1] = (unsigned char)number;
	while (*name) {
		size_t n = strcspn(name, ".");

		*end++ = (unsigned char)n;
		memcpy(end, name, n);
		end += n;
		name += n + (name[n] == '.');
	}
	memcpy(end, tail, sizeof tail);
	return (size_t)(end - packet) + sizeof tail;
}

static void ask(const char *address, const char *name, int count, int at_once)
{
	unsigned char packet[512], answer[512];
	int fd = open_to(address, 53, SOCK_DGRAM);
	double begin = now();
	int asked = 0;

	if (strlen(name) > 200)
		die("name");
	for (int answered = 0; answered < count; answered++) {
		for (; asked < count && asked < answered + at_once; asked++) {
			size_t length = question(packet, (unsigned short)asked, name);

			if (write(fd, packet, length) != (ssize_t)length)
				die("write");
		}
		if (read(fd, answer, sizeof answer) < 12)
			die("read");
		/* No error, and an answer. */
		if ((answer[3] & 15) || !(answer[6] | answer[7])) {
			fprintf(stderr, "network: %s is not known\n", name);
			exit(1);
		}
	}
	printf("%.3f\n", now() - begin);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "sink"))
		sink(atoi(argv[2]));
	else if (argc == 5 && !strcmp(argv[1], "source"))
		source(argv[2], atoi(argv[3]), atol(argv[4]));
	else if (argc == 6 && !strcmp(argv[1], "ask"))
		ask(argv[2], argv[3], atoi(argv[4]), atoi(argv[5]));
	else {
		fprintf(stderr, "usage: network sink PORT | source ADDRESS PORT MEBIBYTES | ask ADDRESS NAME COUNT AT_ONCE\n");
		return 2;
	}
	return 0;
}
