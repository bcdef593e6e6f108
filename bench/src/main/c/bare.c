/*
 * A bare name server, to measure others against: the system calls of one, and nothing else. To every
 * datagram it adds sixteen octets, as many as an address record takes, and sends it back. What it costs is
 * what the kernel costs.
 *
 *   bare PORT [BATCH]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MOST = 64, ROOM = 4096, STRIDE = ROOM + 192, ADDED = 16 };

static char payloads[MOST][STRIDE];
static struct mmsghdr messages[MOST];
static struct iovec vectors[MOST];
static struct sockaddr_in names[MOST];

static int listening(int port) {
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(port)};
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  int probe = IP_PMTUDISC_PROBE, receive = 1 << 20;
  setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof probe);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive, sizeof receive);
  if (bind(fd, (struct sockaddr *)&local, sizeof local) < 0) {
    perror("bind");
    exit(1);
  }
  return fd;
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: bare PORT [BATCH]\n");
    return 2;
  }
  int fd = listening(atoi(arguments[1]));
  int batch = count > 2 ? atoi(arguments[2]) : 24;
  batch = batch < 1 || batch > MOST ? MOST : batch;
  for (int i = 0; i < batch; i++) {
    vectors[i].iov_base = payloads[i];
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_name = &names[i];
    messages[i].msg_hdr.msg_namelen = sizeof names[i];
  }
  for (;;) {
    for (int i = 0; i < batch; i++) {
      vectors[i].iov_len = ROOM - ADDED;
    }
    int received = recvmmsg(fd, messages, batch, MSG_WAITFORONE, NULL);
    for (int i = 0; i < received; i++) {
      payloads[i][2] |= 0x80; /* QR */
      memset(payloads[i] + messages[i].msg_len, 0, ADDED);
      vectors[i].iov_len = messages[i].msg_len + ADDED;
    }
    for (int sent = 0; sent < received;) {
      int result = sendmmsg(fd, messages + sent, received - sent, MSG_DONTWAIT);
      sent += result > 0 ? result : 1;
    }
  }
}
