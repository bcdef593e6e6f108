package dev.azimuth.net;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The structures and numbers of the Linux socket interface, the same on x86-64 and aarch64 (both
 * LP64, little-endian, generic numbers). Offsets and lengths are in octets.
 */
final class SocketDescriptor {

  /** A 16-bit number in network order: a port. */
  static final ValueLayout.OfShort NET_SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** A 32-bit number in network order: an IPv4 address. */
  static final ValueLayout.OfInt NET_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** A 64-bit number in network order: half an IPv6 address. */
  static final ValueLayout.OfLong NET_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  // struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; }
  static final long MESSAGE_NAME = 0;
  static final long MESSAGE_NAME_LENGTH = 8;
  static final long MESSAGE_VECTOR = 16;
  static final long MESSAGE_VECTOR_COUNT = 24;
  static final long MESSAGE_CONTROL = 32;
  static final long MESSAGE_CONTROL_LENGTH = 40;
  static final long MESSAGE_FLAGS = 48;
  static final long MESSAGE_LENGTH = 56;
  static final long MESSAGE_SIZE = 64;

  // struct iovec { void *iov_base; size_t iov_len; }
  static final long VECTOR_BASE = 0;
  static final long VECTOR_LENGTH = 8;
  static final long VECTOR_SIZE = 16;

  // struct sockaddr_in { sa_family_t family; in_port_t port; struct in_addr addr; char zero[8]; }
  // struct sockaddr_in6 { family; port; uint32_t flowinfo; struct in6_addr addr; uint32_t scope; }
  static final long NAME_FAMILY = 0;
  static final long NAME_PORT = 2;
  static final long NAME_V4_ADDRESS = 4;
  static final int NAME_V4_SIZE = 16;
  static final long NAME_V6_FLOW = 4;
  static final long NAME_V6_ADDRESS = 8;
  static final long NAME_V6_SCOPE = 24;
  static final int NAME_V6_SIZE = 28;

  // struct sockaddr_un { sa_family_t family; char path[108]; }
  static final long NAME_UNIX_PATH = 2;
  static final int NAME_UNIX_PATH_ROOM = 108;

  // struct cmsghdr { size_t len; int level; int type; }, then the data
  static final long CONTROL_LENGTH = 0;
  static final long CONTROL_LEVEL = 8;
  static final long CONTROL_TYPE = 12;
  static final long CONTROL_DATA = 16;

  // struct ucred { pid_t pid; uid_t uid; gid_t gid; }
  static final long CREDENTIALS_USER = 4;
  static final int CREDENTIALS_SIZE = 12;

  // struct in_pktinfo { int ifindex; struct in_addr spec_dst; struct in_addr addr; }
  static final long PKTINFO_V4_INTERFACE = CONTROL_DATA;
  static final long PKTINFO_V4_ADDRESS = CONTROL_DATA + 4;

  /** CMSG_LEN(sizeof(struct in_pktinfo)). */
  static final long PKTINFO_V4_LENGTH = CONTROL_DATA + 12;

  /** CMSG_SPACE(sizeof(struct in_pktinfo)), the control data of one IPv4 datagram. */
  static final long PKTINFO_V4_SPACE = CONTROL_DATA + 16;

  // struct in6_pktinfo { struct in6_addr addr; unsigned int ifindex; }
  static final long PKTINFO_V6_ADDRESS = CONTROL_DATA;
  static final long PKTINFO_V6_INTERFACE = CONTROL_DATA + 16;

  /** CMSG_LEN(sizeof(struct in6_pktinfo)). */
  static final long PKTINFO_V6_LENGTH = CONTROL_DATA + 20;

  /** CMSG_SPACE(sizeof(struct in6_pktinfo)), the control data of one IPv6 datagram. */
  static final long PKTINFO_V6_SPACE = CONTROL_DATA + 24;

  // struct timeval { long sec; long usec; }
  static final long TIMEVAL_MICROS = 8;
  static final long TIMEVAL_SIZE = 16;

  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int SOCK_SEQPACKET = 5;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;

  static final int SOL_SOCKET = 1;
  static final int SO_REUSEADDR = 2;
  static final int SO_TYPE = 3;
  static final int SO_RCVBUF = 8;
  static final int SO_REUSEPORT = 15;
  static final int SO_PEERCRED = 17;
  static final int SO_RCVTIMEO = 20;
  static final int SO_SNDTIMEO = 21;
  static final int SO_ACCEPTCONN = 30;

  /** Descriptors in the control data of a message of a unix socket. */
  static final int SCM_RIGHTS = 1;

  static final int F_DUPFD_CLOEXEC = 1030;
  static final int F_SETPIPE_SZ = 1031;
  static final int F_GETPIPE_SZ = 1032;

  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;

  static final int SPLICE_F_MOVE = 0x01;
  static final int SPLICE_F_NONBLOCK = 0x02;

  static final int IPPROTO_ICMP = 1;
  static final int IPPROTO_ICMPV6 = 58;

  static final int IPPROTO_IP = 0;
  static final int IP_PKTINFO = 8;
  static final int IP_MTU_DISCOVER = 10;

  static final int IPPROTO_IPV6 = 41;
  static final int IPV6_MTU_DISCOVER = 23;
  static final int IPV6_V6ONLY = 26;
  static final int IPV6_RECVPKTINFO = 49;
  static final int IPV6_PKTINFO = 50;

  /** For either family: no path MTU learnt from ICMP, always "don't fragment". */
  static final int PMTUDISC_PROBE = 3;

  /** For either family: no path MTU learnt from ICMP, no "don't fragment". */
  static final int PMTUDISC_OMIT = 5;

  static final int MSG_CTRUNC = 0x08;
  static final int MSG_TRUNC = 0x20;
  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_NOSIGNAL = 0x4000;
  static final int MSG_WAITFORONE = 0x10000;
  static final int MSG_CMSG_CLOEXEC = 0x40000000;

  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EBADF = 9;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int EFAULT = 14;
  static final int EINVAL = 22;
  static final int ENOSYS = 38;
  static final int ENOTSOCK = 88;
  static final int EADDRINUSE = 98;
  static final int EADDRNOTAVAIL = 99;
  static final int ENETDOWN = 100;
  static final int ENETUNREACH = 101;
  static final int ECONNREFUSED = 111;
  static final int EHOSTDOWN = 112;
  static final int EHOSTUNREACH = 113;

  private SocketDescriptor() {}
}
