#!/bin/bash
# What an answer over UDP costs in CPU time above what the kernel costs. Linux, two cores; needs gcc.
#
#   bench/turns.sh [--names "www static"] [--edns] [--servers "azimuth gdnsd"] [--sockets 1] [--rounds 60] [--user]
#                  [--record]
#
# As bench/udp.sh, but all servers run at once, idle but for the one that is asked, in turns of 0.2 s:
# what else the machine does meets all of them alike. The time is the scheduler's, not sampled. One of
# the servers is "bare", which only receives and sends. Over one socket queries come as from a front end,
# over 256 as from resolvers. With --user, perf says which part of the time is the server's own; that costs
# some time itself.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/peers.sh"

names="www static"
edns=plain
servers="azimuth gdnsd"
sockets=1
user=no
rounds=60
while [ $# -gt 0 ]; do
  case $1 in
    --names) names=$2 && shift 2 ;;
    --edns) edns=edns && shift ;;
    --servers) servers=$2 && shift 2 ;;
    --sockets) sockets=$2 && shift 2 ;;
    --user) user=yes && shift ;;
    --rounds) rounds=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/turns.sh [--names NAMES] [--edns] [--servers SERVERS] [--sockets N] [--rounds N] [--user] [--record]" >&2 && exit 2 ;;
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
      taskset -c "${BENCH_LOAD_CORE:-1}" "$work/turns" 1 4000 "$kind.bench.example" "$edns" "$sockets" "$each" \
        >/dev/null
    done
  fi
done

# Begins to sample where the time of all servers goes, ten thousand times a second.
begin_sampling() {
  local each
  perf record -q -e cpu-clock -F 10000 -o "$work/samples" \
    -p "$(for each in "${asked[@]}"; do family "${each##*:}"; done | paste -sd,)" >/dev/null 2>&1 &
  sampler=$!
  sleep 1
}

# Ends that; then user_part PID says which part of a server's time was spent in user mode.
end_sampling() {
  kill -INT "$sampler"
  wait "$sampler" || true
  perf script -i "$work/samples" -F pid,ip 2>/dev/null |
    awk '{ all[$1]++; if ($2 !~ /^ffff/) user[$1]++ } END { for (pid in all) print pid, user[pid] + 0, all[pid] }' \
      >"$work/parts"
}

user_part() {
  family "$1" | awk 'NR == FNR { pids[$1]; next } $1 in pids { user += $2; all += $3 }
    END { printf "%.4f\n", all ? user / all : 0 }' - "$work/parts"
}

# turns_of NAME: a line for each server, and with --user its user part at the end.
turns_of() {
  if [ "$user" = yes ]; then begin_sampling; fi
  taskset -c "${BENCH_LOAD_CORE:-1}" "$work/turns" "$rounds" 200 "$1.bench.example" "$edns" "$sockets" \
    "${asked[@]}" >"$work/lines"
  if [ "$user" = yes ]; then end_sampling; fi
  local each
  paste -d' ' "$work/lines" <(for each in "${asked[@]}"; do
    if [ "$user" = yes ]; then user_part "${each##*:}"; else echo -; fi
  done)
}

{
  echo
  echo "### UDP in turns, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/turns.sh --names \"$names\"$([ "$edns" = plain ] || echo " --edns") --sockets $sockets$([ "$user" = no ] || echo " --user") --rounds $rounds\`; $before; $(versions | paste -sd, | sed 's/,/, /g')"
  echo
  echo "| name | server | answers | CPU, ns | above bare, ns | ÷ bare | user, ns |"
  echo "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
  for kind in $names; do
    turns_of "$kind" |
      awk -v kind="$kind" 'NR == 1 { bare = $3 }
        { printf "| %s | %s | %d | %d | %d | %.3f | %s |\n", kind, $1, $2, $3, $3 - bare, $4,
            $5 == "-" ? "" : sprintf("%d", $3 * $5) }'
  done
} | record
