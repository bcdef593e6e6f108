/*
 * Asks several name servers in turn over UDP, each for a fraction of a second and again and again, in a
 * closed loop of 256 queries under way, and tells what an answer costs each of them: the run time that the
 * scheduler counted for all threads of their processes, in nanoseconds. Turns are that short so that what
 * else the machine does meets all of them alike.
 *
 *   turns ROUNDS MILLIS NAME edns|plain SOCKETS LABEL:PORT:PID...
 *
 * One socket asks in batches, as front ends do. Several take turns with one query each: of more than the
 * queries that a server receives at a time, no two of these are of one, as with resolvers.
 *
 * Prints a line for each server: label, answers, nanoseconds for each answer (median of the rounds), and that
 * as a part of the first server's in the same round (median).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, UNDER_WAY = 256, SERVERS = 16, SOCKETS = 256, ROUNDS = 1000, ROOM = 4096 };

struct server {
  char label[32];
  int port, pid, fds[SOCKETS];
  long answers;
  double cost[ROUNDS], ratio[ROUNDS];
};

static struct server servers[SERVERS];
static struct mmsghdr in[BATCH], out[BATCH];
static struct iovec in_vectors[BATCH], out_vectors[BATCH];
static char received[BATCH][ROOM], sent[BATCH][512];
static unsigned short id;
static int sockets;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static FILE *of_task(int pid, const char *task, const char *name) {
  char path[300];
  snprintf(path, sizeof path, "/proc/%d/task/%s/%s", pid, task, name);
  return fopen(path, "r");
}

/* The run time of a process and of all that it started, in nanoseconds. */
static double run_time(int pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *tasks = opendir(path);
  double sum = 0;
  for (struct dirent *task; tasks && (task = readdir(tasks));) {
    unsigned long long nanos;
    int child;
    FILE *file = task->d_name[0] == '.' ? NULL : of_task(pid, task->d_name, "schedstat");
    if (!file) {
      continue;
    }
    sum += fscanf(file, "%llu", &nanos) == 1 ? nanos : 0;
    fclose(file);
    file = of_task(pid, task->d_name, "children");
    while (file && fscanf(file, "%d", &child) == 1) {
      sum += run_time(child);
    }
    if (file) {
      fclose(file);
    }
  }
  if (tasks) {
    closedir(tasks);
  }
  return sum;
}

/* Composes a query for the addresses of a name; returns its length. */
static int query(char *packet, const char *name, int edns) {
  static const char opt[] = {0, 0, 41, 4, (char)0xD0, 0, 0, 0, 0, 0, 0};
  char *at = packet + 12;
  packet[2] = 1; /* RD */
  packet[5] = 1; /* one question */
  packet[11] = (char)edns;
  while (*name) {
    int label = (int)strcspn(name, ".");
    *at++ = (char)label;
    memcpy(at, name, label);
    at += label;
    name += label + (name[label] == '.');
  }
  memcpy(at, "\0\0\1\0\1", 5); /* the root, A, IN */
  memcpy(at + 5, opt, sizeof opt);
  return (int)(at + 5 - packet) + (edns ? (int)sizeof opt : 0);
}

static void next_id(char *packet) {
  packet[0] = (char)(id >> 8);
  packet[1] = (char)id++;
}

static int receive(struct server *server) {
  int count = recvmmsg(server->fds[0], in, BATCH, MSG_WAITFORONE, NULL);
  return count > 0 ? count : 0;
}

/* Keeps queries under way over one socket; returns how many were answered. */
static long ask_in_batches(struct server *server, double end) {
  long answered = 0, under_way = 0;
  while (now() < end) {
    for (long want = UNDER_WAY - under_way; want > 0; want -= BATCH) {
      int count = want < BATCH ? (int)want : BATCH;
      for (int i = 0; i < count; i++) {
        next_id(sent[i]);
      }
      int done = sendmmsg(server->fds[0], out, count, 0);
      under_way += done > 0 ? done : 0;
    }
    int count = receive(server);
    answered += count;
    under_way = count ? under_way - count : 0; /* what did not come in 20 ms is lost */
  }
  for (int count; (count = receive(server)) > 0;) {
    answered += count;
  }
  return answered;
}

/* Keeps queries under way over sockets in turn, which are answered in turn; returns how many were. */
static long ask_one_by_one(struct server *server, double end) {
  long answered = 0, asked = 0, heard = 0;
  for (int sending = 1; sending || heard < asked; sending = sending && now() < end) {
    while (sending && asked - heard < UNDER_WAY) {
      next_id(sent[0]);
      send(server->fds[asked++ % sockets], sent[0], out_vectors[0].iov_len, 0);
    }
    for (int i = 0; i < BATCH && heard < asked; i++) {
      answered += recv(server->fds[heard++ % sockets], received[0], ROOM, 0) > 0;
    }
  }
  return answered;
}

static long ask(struct server *server, double seconds) {
  double end = now() + seconds;
  return sockets == 1 ? ask_in_batches(server, end) : ask_one_by_one(server, end);
}

static int open_socket(const struct server *server) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server->port)};
  struct timeval patience = {0, 20000};
  int buffer = 4 << 20;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
    perror("connect");
    exit(1);
  }
  return fd;
}

static int by_value(const void *one, const void *other) {
  double a = *(const double *)one, b = *(const double *)other;
  return a < b ? -1 : a > b;
}

static double median(double *values, int count) {
  qsort(values, count, sizeof *values, by_value);
  return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

int main(int count, char **arguments) {
  int rounds = count > 6 ? atoi(arguments[1]) : 0, many = count - 6;
  sockets = count > 6 ? atoi(arguments[5]) : 0;
  if (rounds < 1 || rounds > ROUNDS || sockets < 1 || sockets > SOCKETS || many > SERVERS
      || strlen(arguments[3]) > 250) {
    fprintf(stderr, "usage: turns ROUNDS MILLIS NAME edns|plain SOCKETS LABEL:PORT:PID...\n");
    return 2;
  }
  double seconds = atoi(arguments[2]) / 1000.0;
  for (int i = 0; i < BATCH; i++) {
    int length = query(sent[i], arguments[3], !strcmp(arguments[4], "edns"));
    in_vectors[i] = (struct iovec){received[i], ROOM};
    out_vectors[i] = (struct iovec){sent[i], length};
    in[i].msg_hdr = (struct msghdr){.msg_iov = &in_vectors[i], .msg_iovlen = 1};
    out[i].msg_hdr = (struct msghdr){.msg_iov = &out_vectors[i], .msg_iovlen = 1};
  }
  for (int i = 0; i < many; i++) {
    struct server *server = &servers[i];
    if (sscanf(arguments[6 + i], "%31[^:]:%d:%d", server->label, &server->port, &server->pid) != 3) {
      fprintf(stderr, "not LABEL:PORT:PID: %s\n", arguments[6 + i]);
      return 2;
    }
    for (int k = 0; k < sockets; k++) {
      server->fds[k] = open_socket(server);
    }
    ask(server, seconds);
  }
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < many; i++) {
      struct server *server = &servers[round % 2 ? many - 1 - i : i];
      double before = run_time(server->pid);
      long answers = ask(server, seconds);
      server->cost[round] = answers ? (run_time(server->pid) - before) / answers : 0;
      server->answers += answers;
    }
    for (int i = 0; i < many; i++) {
      servers[i].ratio[round] = servers[i].cost[round] / servers[0].cost[round];
    }
  }
  for (int i = 0; i < many; i++) {
    printf("%s %ld %.0f %.3f\n", servers[i].label, servers[i].answers,
        median(servers[i].cost, rounds), median(servers[i].ratio, rounds));
  }
  return 0;
}
