/*
 * Asks several name servers in turn over UDP, in a closed loop of 256 queries under way over one socket; see
 * turns.h.
 *
 *   turns ROUNDS MILLIS NAME edns|plain LABEL:PORT:PID...
 */
#define _GNU_SOURCE
#include "turns.h"
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { BATCH = 64, UNDER_WAY = 256, ROOM = 4096 };

static struct mmsghdr in[BATCH], out[BATCH];
static struct iovec in_vectors[BATCH], out_vectors[BATCH];
static char received[BATCH][ROOM], sent[BATCH][512];
static unsigned short id;

static int receive(struct server *server) {
  int count = recvmmsg(server->fd, in, BATCH, MSG_WAITFORONE, NULL);
  return count > 0 ? count : 0;
}

/* Keeps queries under way; returns how many were answered. */
static long ask(struct server *server, double seconds) {
  double end = now() + seconds;
  long answered = 0, under_way = 0;
  while (now() < end) {
    for (long want = UNDER_WAY - under_way; want > 0; want -= BATCH) {
      int count = want < BATCH ? (int)want : BATCH;
      for (int i = 0; i < count; i++, id++) {
        sent[i][0] = (char)(id >> 8);
        sent[i][1] = (char)id;
      }
      int done = sendmmsg(server->fd, out, count, 0);
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

static void open_socket(struct server *server) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server->port)};
  struct timeval patience = {0, 20000};
  int buffer = 4 << 20;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  server->fd = socket(AF_INET, SOCK_DGRAM, 0);
  setsockopt(server->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  setsockopt(server->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(server->fd, (struct sockaddr *)&to, sizeof to) < 0) {
    perror("connect");
    exit(1);
  }
}

int main(int count, char **arguments) {
  int rounds = count > 5 ? atoi(arguments[1]) : 0, many = count - 5;
  if (rounds < 1 || rounds > ROUNDS || strlen(arguments[3]) > 250) {
    fprintf(stderr, "usage: turns ROUNDS MILLIS NAME edns|plain LABEL:PORT:PID...\n");
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
  read_servers(many, arguments + 5);
  for (int i = 0; i < many; i++) {
    open_socket(&servers[i]);
    ask(&servers[i], seconds);
  }
  take_turns(many, rounds, seconds, ask);
  return 0;
}
