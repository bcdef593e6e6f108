#!/bin/bash
# How long after a backend fails a prober says that it is down, for each kind of failure; and whether
# it ever says so of one that is well, while one packet in a hundred is lost. Linux; the second part
# needs iptables and leave to make a network namespace, without which it is left out.
#
#   bench/detect.sh [--failures 1000] [--streams 1000000] [--datagrams 300000] [--seconds 250] [--record]
#
# The first part is 1,000 failures of each of 8 kinds, 200 backends at a time. In the second a packet
# filter of the namespace drops packets of its loopback at random, both ways.
. "$(dirname "$0")/common.sh"

failures=1000
streams=1000000
datagrams=300000
seconds=250
loss=0.01
while [ $# -gt 0 ]; do
  case $1 in
    --failures) failures=$2 && shift 2 ;;
    --streams) streams=$2 && shift 2 ;;
    --datagrams) datagrams=$2 && shift 2 ;;
    --seconds) seconds=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) sed -n '2,/^#   bench/s/^#   bench/usage: bench/p' "$0" >&2 && exit 2 ;;
  esac
done

# apart COMMAND...: in a network namespace of its own, where a loopback is all there is.
apart() {
  $first unshare --map-root-user --net bash -euc 'ip link set lo up && "$@"' apart "$@"
}

# Inside of one.
lossy() {
  echo "0 0" >/proc/sys/net/ipv4/ping_group_range
  iptables -A INPUT -m statistic --mode random --probability "$loss" -j DROP
  iptables -A INPUT -j ACCEPT
  tool loss --loss "$loss" --streams "$streams" --datagrams "$datagrams" --seconds "$seconds"
  iptables -nvxL INPUT | awk '
    $3 == "DROP" { lost = $1 }
    $3 == "ACCEPT" { kept = $1 }
    END { printf "lost=%d of=%d\n", lost, lost + kept }'
}
export -f lossy tool

# What else runs on the machine is felt less, where that is allowed.
first=
if chrt --rr 1 true 2>/dev/null; then first="chrt --rr 1"; fi
export loss streams datagrams seconds root JAVA_HOME

build
before=$(machine)
on_core=$first tool detect --folder "$work" --failures "$failures" >"$work/detect"
middle=$(cut -d' ' -f1 /proc/loadavg)
if apart iptables -nL INPUT >/dev/null 2>&1; then
  apart lossy >"$work/loss"
else
  echo "no network namespace or no iptables here: the second part is left out" >&2
fi
after=$(cut -d' ' -f1 /proc/loadavg)

# table COLUMNS FILE: of the lines that have the first column's key; "KEY=HEADING,KEY=HEADING".
table() {
  awk -v columns="$1" '
    BEGIN {
      n = split(columns, column, ",")
      for (i = 1; i <= n; i++) {
        split(column[i], part, "=")
        key[i] = part[1]
        head = head " " part[2] " |"
        rule = rule (i == 1 ? " --- |" : " ---: |")
      }
      print "|" head
      print "|" rule
    }
    {
      for (i = 1; i <= NF; i++) { split($i, part, "="); value[part[1]] = part[2] }
      if ($1 !~ "^" key[1] "=") next
      row = "|"
      for (i = 1; i <= n; i++) row = row " " value[key[i]] " |"
      print row
    }' "$2"
}

{
  echo
  echo "### Detection, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/detect.sh --failures $failures --streams $streams --datagrams $datagrams --seconds $seconds\`; $before," \
    "$middle between the parts, $after after${first:+, at real-time priority}; Azimuth $(git -C "$root" describe --always --dirty)"
  echo
  echo "From a failure to DOWN and from the repair to UP, milliseconds; every 1 s, retry 200 ms, timeout 500 ms, rise 2, fall 3;" \
    "promised for 99 of 100: $(field promised_ms "$(head -n 1 "$work/detect")") ms."
  echo
  table "fault=failure,code=code,failures=injected,p50_ms=p50,p99_ms=p99,max_ms=longest,disturbed=disturbed,calm_p99_ms=p99 of the others,calm_max_ms=longest of the others,strange=other codes,uncalled=false changes,up_p50_ms=up p50,up_p99_ms=up p99,up_max_ms=up longest" "$work/detect"
  if [ -s "$work/loss" ]; then
    lost=$(tail -n 1 "$work/loss")
    echo
    echo "Backends that are well, every 1 s, retry 1 s, timeout 2 s, fall 3; the packet filter dropped $(field lost "$lost")" \
      "of $(field of "$lost") packets:"
    echo
    table "check=check,probes=probes,failed=failed,expected=expected,row=most in a row,inconclusive=inconclusive,falls=false changes" "$work/loss"
  fi
} | record
