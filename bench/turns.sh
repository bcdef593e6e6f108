#!/bin/bash
# What an answer over UDP costs in CPU time above what the kernel costs. Linux, two cores; needs gcc.
#
#   bench/turns.sh [--names "www static"] [--edns] [--servers "azimuth gdnsd"] [--rounds 60] [--record]
#
# As bench/udp.sh, but all servers run at once, idle but for the one that is asked, in turns of 0.2 s:
# what else the machine does meets all of them alike. The time is the scheduler's, not sampled. One of
# the servers is "bare", which only receives and sends.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/peers.sh"

names="www static"
edns=plain
servers="azimuth gdnsd"
rounds=60
while [ $# -gt 0 ]; do
  case $1 in
    --names) names=$2 && shift 2 ;;
    --edns) edns=edns && shift ;;
    --servers) servers=$2 && shift 2 ;;
    --rounds) rounds=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/turns.sh [--names NAMES] [--edns] [--servers SERVERS] [--rounds N] [--record]" >&2 && exit 2 ;;
  esac
done

weights="10 20 30"
more() { more_kinds; }

start_bare() {
  taskset -c "$core" "$all/bare" "$port" &
  server=$!
}

build
before=$(machine)
for program in bare turns; do gcc -O2 -o "$work/$program" "$root/bench/src/main/c/$program.c"; done
# shellcheck disable=SC2086 # several names
start_all bare $servers
for each in "${asked[@]}"; do
  # Until the compilers of Azimuth are done.
  if [ "${each%%:*}" = azimuth ]; then
    for kind in $names; do
      taskset -c "${BENCH_LOAD_CORE:-1}" "$work/turns" 1 4000 "$kind.bench.example" "$edns" "$each" >/dev/null
    done
  fi
done
{
  echo
  echo "### UDP in turns, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/turns.sh --names \"$names\"$([ "$edns" = plain ] || echo " --edns") --rounds $rounds\`; $before; $(versions | paste -sd, | sed 's/,/, /g')"
  echo
  echo "| name | server | answers | CPU, ns | above bare, ns | ÷ bare |"
  echo "| --- | --- | ---: | ---: | ---: | ---: |"
  for kind in $names; do
    taskset -c "${BENCH_LOAD_CORE:-1}" "$work/turns" "$rounds" 200 "$kind.bench.example" "$edns" "${asked[@]}" |
      awk -v kind="$kind" 'NR == 1 { bare = $3 }
        { printf "| %s | %s | %d | %d | %d | %.3f |\n", kind, $1, $2, $3, $3 - bare, $4 }'
  done
} | record
