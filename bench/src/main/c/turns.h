/*
 * What programs share that ask several servers in turn, each for a fraction of a second and again and
 * again, and tell what an answer costs each of them: the run time that the scheduler counted for all threads of
 * their processes, in nanoseconds. Turns are that short so that what else the machine does meets all alike.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SERVERS = 16, ROUNDS = 1000 };

struct server {
  char label[32];
  int port, pid, fd;
  long answers;
  double cost[ROUNDS], ratio[ROUNDS];
};

static struct server servers[SERVERS];

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

static int by_value(const void *one, const void *other) {
  double a = *(const double *)one, b = *(const double *)other;
  return a < b ? -1 : a > b;
}

static double median(double *values, int count) {
  qsort(values, count, sizeof *values, by_value);
  return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

/* Reads LABEL:PORT:PID of each server. */
static void read_servers(int many, char **words) {
  if (many > SERVERS) {
    fprintf(stderr, "too many servers\n");
    exit(2);
  }
  for (int i = 0; i < many; i++) {
    struct server *server = &servers[i];
    if (sscanf(words[i], "%31[^:]:%d:%d", server->label, &server->port, &server->pid) != 3) {
      fprintf(stderr, "not LABEL:PORT:PID: %s\n", words[i]);
      exit(2);
    }
  }
}

/*
 * Asks all in turn, forth and back, and prints a line for each: label, answers, nanoseconds for each answer
 * (median of the rounds), and that as a part of the first server's in the same round (median).
 */
static void take_turns(int many, int rounds, double seconds, long (*ask)(struct server *, double)) {
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
}
