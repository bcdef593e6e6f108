/*
 * A bare HTTP prober, to measure others against: N targets 127.A.B.C on one port, each asked every
 * so many seconds, evenly spread, from one epoll loop. A new connection for each probe, ended with
 * a reset after the whole answer, or one kept for each target.
 *
 *   probes N PORT INTERVAL_S WARM_S MEASURE_S new|kept
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum state { IDLE, CONNECTING, READING };

struct target {
  int fd;
  enum state state;
  int seen;
};

static const char request[] =
    "GET / HTTP/1.1\r\nhost: probe.example\r\nuser-agent: bare\r\naccept: */*\r\n%s\r\n";
static char message[512];
static int message_length, kept, port, loop;
static long good, bad;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void end(struct target *t, int ok) {
  ok ? good++ : bad++;
  t->state = IDLE;
  if (!kept || !ok) {
    close(t->fd);
    t->fd = -1;
  }
}

static void ask(struct target *t) {
  t->state = READING;
  t->seen = 0;
  if (send(t->fd, message, message_length, MSG_NOSIGNAL) != message_length) end(t, 0);
}

static void start(struct target *t, int number) {
  if (t->state != IDLE) {
    end(t, 0);
  }
  if (t->fd >= 0) {
    ask(t);
    return;
  }
  t->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (t->fd < 0) {
    bad++;
    return;
  }
  struct linger reset = {1, 0};
  int one = 1;
  setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct sockaddr_in to = {
      .sin_family = AF_INET,
      .sin_port = htons(port),
      .sin_addr.s_addr = htonl(0x7f010000u + (unsigned)number)};
  t->state = CONNECTING;
  int result = connect(t->fd, (struct sockaddr *)&to, sizeof to);
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = t};
  if ((result && errno != EINPROGRESS) || epoll_ctl(loop, EPOLL_CTL_ADD, t->fd, &e)) end(t, 0);
}

static void ready(struct target *t, unsigned events) {
  char in[4096];
  if (t->state == CONNECTING && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) {
      end(t, 0);
      return;
    }
    ask(t);
  }
  while (t->state == READING && (events & EPOLLIN)) {
    ssize_t count = recv(t->fd, in, sizeof in - 1, 0);
    if (count < 0) {
      if (errno != EAGAIN) end(t, 0);
      return;
    }
    if (count == 0) {
      end(t, 0);
      return;
    }
    in[count] = 0;
    t->seen += count;
    /* The answers of the bench come in one piece: the length is in the head. */
    char *body = strstr(in, "\r\n\r\n");
    char *length = strcasestr(in, "content-length: ");
    if (!body || !length || t->seen < body - in + 4 + atoi(length + 16)) continue;
    end(t, strncmp(in, "HTTP/1.1 200", 12) == 0);
  }
  if (t->state == IDLE && kept && t->fd >= 0 && (events & (EPOLLHUP | EPOLLRDHUP))) {
    close(t->fd);
    t->fd = -1;
  }
}

int main(int argc, char **argv) {
  if (argc != 7) return 2;
  int count = atoi(argv[1]);
  port = atoi(argv[2]);
  double interval = atof(argv[3]), warm = atof(argv[4]), measure = atof(argv[5]);
  kept = strcmp(argv[6], "kept") == 0;
  message_length =
      snprintf(message, sizeof message, request, kept ? "" : "connection: close\r\n");
  struct target *targets = calloc(count, sizeof *targets);
  for (int i = 0; i < count; i++) targets[i].fd = -1;
  loop = epoll_create1(0);
  double begun = now(), step = interval / count, cpu_before = 0;
  long due = 0, before = 0;
  int measuring = 0;
  for (;;) {
    double t = now() - begun;
    if (!measuring && t >= warm) {
      measuring = 1;
      cpu_before = cpu();
      before = good;
      bad = 0;
    }
    if (t >= warm + measure) break;
    for (; due * step <= t; due++) start(&targets[due % count], due % count);
    struct epoll_event events[256];
    int wait = (int)((due * step - t) * 1000) + 1;
    int n = epoll_wait(loop, events, 256, wait);
    for (int i = 0; i < n; i++) ready(events[i].data.ptr, events[i].events);
  }
  double used = cpu() - cpu_before;
  printf("probes=%ld failed=%ld cpu_s=%.3f per_probe_us=%.1f cores=%.3f\n", good - before, bad, used,
         used * 1e6 / (good - before), used / measure);
  return bad != 0;
}
