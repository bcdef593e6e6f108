#!/bin/bash
# How Azimuth starts: process start to first answer, then at once 5,000 queries a second for ten
# seconds, and the resident memory in the end. Of the demo (three backends with HTTP checks, an admin
# port). Linux.
#
#   bench/start.sh [--rounds 5] [--record]
. "$(dirname "$0")/common.sh"

rounds=5
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/start.sh [--rounds N] [--record]" >&2 && exit 2 ;;
  esac
done

# The demo takes the first port from 5300 on that is free on 127.0.0.1.
free_port() {
  local p=5300
  while ss -Hlntu "sport = :$p" | grep -qE ' (127\.0\.0\.1|0\.0\.0\.0|\*):'; do p=$((p + 1)); done
  echo "$p"
}

build
before=$(machine)
{
  echo
  echo "### Start, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/start.sh --rounds $rounds\`; $before; Azimuth $(git -C "$root" describe --always --dirty)"
  echo
  echo "| first answer, ms | CPU until then, ms | resident, MiB | queries | lost | p50, ms | p99, ms | p99.9, ms | longest, ms |"
  echo "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
  for _ in $(seq "$rounds"); do
    line=$(tool start --server "127.0.0.1:$(free_port)" --name www.demo.example --log "$work/demo.log" \
      "$root/app/target/azimuth/bin/azimuth" demo)
    echo "$line" | tr '= ' '  ' | awk '{
      for (i = 1; i < NF; i += 2) v[$i] = $(i + 1)
      printf "| %d | %d | %d | %d | %d | %.2f | %.2f | %.2f | %.2f |\n", v["first_ms"], v["cpu_ms"], v["rss_mib"],
        v["sent"], v["lost"], v["p50_us"] / 1000, v["p99_us"] / 1000, v["p999_us"] / 1000, v["max_us"] / 1000
    }'
  done
} | record
