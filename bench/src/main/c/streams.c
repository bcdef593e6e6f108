/*
 * Asks several name servers in turn over TCP, with a connection for each query, in a closed loop of so many
 * clients; see turns.h. A client connects, asks, reads the answer, ends its side and connects anew.
 *
 *   streams ROUNDS MILLIS NAME CLIENTS LABEL:PORT:PID...
 */
#define _GNU_SOURCE
#include "turns.h"
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 512 };

static char sent[2 + 512];
static int length, clients, loop;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* Connects, which over loopback does not wait, and asks. */
static void begin(struct server *server) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server->port)};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0 ||
      connect(fd, (struct sockaddr *)&to, sizeof to) < 0 || send(fd, sent, length, 0) != length ||
      epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) < 0) {
    fail("asking");
  }
}

/* An answer is small enough to come in one piece. */
static void end(int fd) {
  unsigned char answer[2048];
  ssize_t count = recv(fd, answer, sizeof answer, 0);
  if (count < 14 || count != 2 + (answer[0] << 8) + answer[1]) {
    fprintf(stderr, "no answer but %zd octets\n", count);
    exit(1);
  }
  close(fd);
}

static long ask(struct server *server, double seconds) {
  double until = now() + seconds;
  long answered = 0;
  int under_way = 0;
  struct epoll_event events[CLIENTS];
  for (; under_way < clients; under_way++) {
    begin(server);
  }
  while (under_way > 0) {
    int count = epoll_wait(loop, events, CLIENTS, 5000);
    if (count <= 0) {
      fail("no answer");
    }
    int on = now() < until;
    for (int i = 0; i < count; i++) {
      end(events[i].data.fd);
      answered++;
      under_way--;
      if (on) {
        begin(server);
        under_way++;
      }
    }
  }
  return answered;
}

int main(int count, char **arguments) {
  int rounds = count > 5 ? atoi(arguments[1]) : 0, many = count - 5;
  if (rounds < 1 || rounds > ROUNDS || strlen(arguments[3]) > 250) {
    fprintf(stderr, "usage: streams ROUNDS MILLIS NAME CLIENTS LABEL:PORT:PID...\n");
    return 2;
  }
  clients = atoi(arguments[4]);
  if (clients < 1 || clients > CLIENTS) {
    fprintf(stderr, "1 to %d clients\n", CLIENTS);
    return 2;
  }
  length = 2 + query(sent + 2, arguments[3], 0);
  sent[1] = (char)(length - 2);
  loop = epoll_create1(0);
  read_servers(many, arguments + 5);
  for (int i = 0; i < many; i++) {
    ask(&servers[i], 0.1);
  }
  take_turns(many, rounds, atoi(arguments[2]) / 1000.0, ask);
  return 0;
}
