#!/bin/bash
# Very many probes that hang at once: the memory of a node whose backends accept connections and
# never answer, once after the request of HTTP and once in the handshake of TLS. Linux; needs two
# open files for each probe, one in each process.
#
#   bench/hang.sh [--probes 10000] [--record]
. "$(dirname "$0")/common.sh"

probes=10000
while [ $# -gt 0 ]; do
  case $1 in
    --probes) probes=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/hang.sh [--probes N] [--record]" >&2 && exit 2 ;;
  esac
done

build
before=$(machine)
ulimit -n "$(ulimit -Hn)"

# hang [--tls]: what a line of the table says.
hang() {
  rm -rf "$work/hang-state"
  local line
  line=$(tool hang --server "127.0.0.1:$port" --azimuth "$root/app/target/azimuth/bin/azimuth" \
    --folder "$work" --probes "$probes" "$@") || { tail "$work/node.log" >&2 && exit 1; }
  echo "$(field memory_mib "$line") | $(field later_mib "$line") | $(field peak_mib "$line") | $(field cpu_s "$line") |"
}

plain=$(hang)
secure=$(hang --tls)
{
  echo
  echo "### Hanging probes, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/hang.sh --probes $probes\`; $before; Azimuth $(git -C "$root" describe --always --dirty)"
  echo
  echo "Resident memory in MiB with $probes probes that hang at once, 75 s later, when each was begun for the third time, and the most until then:"
  echo
  echo "| check | at first | later | most | CPU, s |"
  echo "| --- | ---: | ---: | ---: | ---: |"
  echo "| http, after the request | $plain"
  echo "| https, in the handshake | $secure"
} | record
