/*
 * Asks several name servers in turn over UDP, in a closed loop of 256 queries under way; see turns.h.
 *
 *   turns ROUNDS MILLIS NAME edns|plain SOCKETS LABEL:PORT:PID...
 *
 * One socket asks in batches, as front ends do. Several take turns with one query each: of more than the
 * queries that a server receives at a time, no two of these are of one, as with resolvers.
 */
#define _GNU_SOURCE
#include "turns.h"
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { BATCH = 64, UNDER_WAY = 256, SOCKETS = 256, ROOM = 4096 };

static int fds[SERVERS][SOCKETS], sockets;
static struct mmsghdr in[BATCH], out[BATCH];
static struct iovec in_vectors[BATCH], out_vectors[BATCH];
static char received[BATCH][ROOM], sent[BATCH][512];
static unsigned short id;

static const int *sockets_to(const struct server *server) {
  return fds[server - servers];
}

static void next_id(char *packet) {
  packet[0] = (char)(id >> 8);
  packet[1] = (char)id++;
}

static int receive(struct server *server) {
  int count = recvmmsg(sockets_to(server)[0], in, BATCH, MSG_WAITFORONE, NULL);
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
      int done = sendmmsg(sockets_to(server)[0], out, count, 0);
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
      send(sockets_to(server)[asked++ % sockets], sent[0], out_vectors[0].iov_len, 0);
    }
    for (int i = 0; i < BATCH && heard < asked; i++) {
      answered += recv(sockets_to(server)[heard++ % sockets], received[0], ROOM, 0) > 0;
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

int main(int count, char **arguments) {
  int rounds = count > 6 ? atoi(arguments[1]) : 0, many = count - 6;
  sockets = count > 6 ? atoi(arguments[5]) : 0;
  if (rounds < 1 || rounds > ROUNDS || sockets < 1 || sockets > SOCKETS
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
  read_servers(many, arguments + 6);
  for (int i = 0; i < many; i++) {
    for (int k = 0; k < sockets; k++) {
      fds[i][k] = open_socket(&servers[i]);
    }
    ask(&servers[i], seconds);
  }
  take_turns(many, rounds, seconds, ask);
  return 0;
}
