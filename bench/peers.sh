# Sourced after common.sh: starts each name server with one worker on the server's core, and tells
# what it was asked and what it cost.
# shellcheck shell=bash disable=SC2154

core=${BENCH_SERVER_CORE:-0}

# The zone that all serve, on standard output; a script may add to it by defining "more".
zone() {
  cat <<'END'
$TTL 60
$ORIGIN bench.example.
@ IN SOA ns1 hostmaster 1 3600 900 604800 60
@ IN NS ns1
ns1 IN A 203.0.113.53
static IN A 192.0.2.9
END
  more
}

more() { :; }

# Records for static answers of every kind.
more_kinds() {
  cat <<'END'
*.wild IN A 192.0.2.10
cut IN NS ns.cut
ns.cut IN A 192.0.2.11
one IN CNAME two
two IN CNAME three
three IN CNAME static
END
}

# Steers www between the addresses of "weights"; gdnsd does the same.
start_azimuth() {
  local backend=0 weight
  {
    echo "server: { listen: [ \"127.0.0.1:$port\" ], workers: 1, state_dir: $work/azimuth }"
    echo "pools:"
    echo "  all:"
    echo "    backends:"
    for weight in $weights; do
      backend=$((backend + 1))
      echo "      b$backend: { address: 192.0.2.$backend, weight: $weight }"
    done
    echo "zones:"
    echo "  bench.example:"
    echo "    records: |"
    zone | sed 's/^/      /'
    echo "    names:"
    echo "      www: { to: all }"
  } >"$work/azimuth.yaml"
  taskset -c "$core" "$root/app/target/azimuth/bin/azimuth" run "$work/azimuth.yaml" \
    >"$work/azimuth.log" 2>&1 &
  server=$!
}

start_gdnsd() {
  mkdir -p "$work"/gdnsd/{zones,run,state}
  cat >"$work/gdnsd/config" <<END
options => {
  listen => { 127.0.0.1:$port => { udp_threads = 1, tcp_threads = 1 } }
  run_dir = $work/gdnsd/run, state_dir = $work/gdnsd/state
}
plugins => { weighted => { service_types = up, www => { $(
    backend=0
    for weight in $weights; do
      backend=$((backend + 1))
      echo "b$backend = [192.0.2.$backend, $weight],"
    done
  ) } } }
END
  { zone && echo "www 60 DYNA weighted!www"; } | sed 's/ IN / /' >"$work/gdnsd/zones/bench.example"
  taskset -c "$core" gdnsd -c "$work/gdnsd" start >"$work/gdnsd.log" 2>&1 &
  server=$!
}

start_nsd() {
  mkdir -p "$work/nsd"
  zone >"$work/nsd/zone"
  cat >"$work/nsd/conf" <<END
server:
  ip-address: 127.0.0.1@$port
  server-count: 1
  tcp-count: 1000
  username: ""
  database: ""
  rrl-ratelimit: 0
  zonesdir: "$work/nsd"
  pidfile: "$work/nsd/pid"
  xfrdfile: "$work/nsd/xfrd"
  xfrdir: "$work/nsd"
  zonelistfile: "$work/nsd/list"
remote-control:
  control-enable: no
zone:
  name: bench.example
  zonefile: zone
END
  taskset -c "$core" nsd -d -c "$work/nsd/conf" >"$work/nsd.log" 2>&1 &
  server=$!
}

start_knot() {
  mkdir -p "$work/knot"
  zone >"$work/knot/zone"
  cat >"$work/knot/conf" <<END
server:
    listen: 127.0.0.1@$port
    rundir: $work/knot
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    tcp-max-clients: 1000
database:
    storage: $work/knot
zone:
  - domain: bench.example
    file: $work/knot/zone
    zonefile-load: whole
    journal-content: none
END
  taskset -c "$core" knotd -c "$work/knot/conf" >"$work/knot.log" 2>&1 &
  server=$!
}

start_bind() {
  mkdir -p "$work/bind"
  zone >"$work/bind/zone"
  cat >"$work/bind/conf" <<END
options {
  directory "$work/bind";
  pid-file none;
  listen-on port $port { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  minimal-responses yes;
  tcp-clients 1000;
};
controls { };
zone "bench.example" { type primary; file "zone"; };
END
  taskset -c "$core" named -f -n 1 -c "$work/bind/conf" >"$work/bind.log" 2>&1 &
  server=$!
}

# start_all SERVER...: starts those that are here, all at once, each with a folder and a port of its own;
# "asked" has LABEL:PORT:PID of each.
all=$work
running=()
asked=()
start_all() {
  local name
  trap end_all EXIT
  for name in "$@"; do
    here "$name" || continue
    work=$all/of-$name
    mkdir -p "$work"
    port=$((port + 1))
    "start_$name"
    running+=("$server")
    [ "$name" = bare ] || answering "static.bench.example"
    asked+=("$name:$port:$server")
  done
  work=$all
}

end_all() {
  for server in "${running[@]}"; do stop; done
  work=$all
  finish
}

# cost ROUND SERVER LABEL COMMAND...: runs a generator, which prints a line with answers=N, and adds a
# line to the table of raw figures: round, server, label, answers, ticks of user and of system time.
cost() {
  local round=$1 name=$2 label=$3 line before after
  shift 3
  read -r -a before <<<"$(ticks "$server")"
  line=$("$@")
  read -r -a after <<<"$(ticks "$server")"
  echo "$round $name $label $(field answers "$line") $((after[0] - before[0])) $((after[1] - before[1]))" |
    tee -a "$work/raw" >&2
}

# Whether the program of a server is here.
here() {
  case $1 in
    azimuth | bare) true ;;
    knot) command -v knotd >/dev/null ;;
    bind) command -v named >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# costs HEADING: the raw figures as a table of medians over the rounds: microseconds of user and of
# all CPU time per answer, each also as a part of what the cheapest peer of that label needs in the
# same round.
costs() {
  awk -v heading="$1" '
    function median(list,    parts, n, i, j, t) {
      n = split(list, parts, " ")
      for (i = 2; i <= n; i++)
        for (j = i; j > 1 && parts[j] + 0 < parts[j - 1] + 0; j--) {
          t = parts[j]; parts[j] = parts[j - 1]; parts[j - 1] = t
        }
      return n == 0 ? "" : n % 2 ? parts[(n + 1) / 2] : (parts[n / 2] + parts[n / 2 + 1]) / 2
    }
    $4 > 0 {
      key = $3 " " $2
      if (!(key in answers)) order[++rows] = key
      round = $1 SUBSEP key
      user[round] = $5 * 10000 / $4
      total[round] = ($5 + $6) * 10000 / $4
      answers[key] += $4
      seconds[key] += $5 / 100
      if ($1 > last) last = $1
      if ($2 != "azimuth") {
        label = $1 SUBSEP $3
        if (!(label in best) || total[round] < best[label]) best[label] = total[round]
        if (!(label in leanest) || user[round] < leanest[label]) leanest[label] = user[round]
      }
    }
    END {
      print "| " heading " | server | answers | user, s | user, µs | total, µs | user ÷ best peer | total ÷ best peer |"
      print "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
      for (row = 1; row <= rows; row++) {
        key = order[row]
        split(key, word, " ")
        u = t = ur = tr = ""
        for (i = 1; i <= last; i++) {
          round = i SUBSEP key
          label = i SUBSEP word[1]
          if (!(round in user)) continue
          u = u " " user[round]; t = t " " total[round]
          if (label in best) {
            ur = ur " " (leanest[label] > 0 ? user[round] / leanest[label] : 0)
            tr = tr " " total[round] / best[label]
          }
        }
        printf "| %s | %s | %d | %.1f | %.2f | %.2f | %.2f | %.2f |\n", word[1], word[2],
          answers[key], seconds[key], median(u), median(t), median(ur), median(tr)
      }
    }' "$work/raw" | (IFS= read -r head && read -r rule && echo "$head" && echo "$rule" && sort)
}

# Versions of what was measured.
versions() {
  echo "Azimuth $(git -C "$root" describe --always --dirty)"
  here gdnsd && gdnsd -h 2>&1 | sed -n 's/^gdnsd version /gdnsd /p'
  here nsd && nsd -v 2>&1 | sed -n 's/^NSD version /NSD /p'
  here knot && knotd -V 2>&1 | sed -n 's/^.*(Knot DNS), version /Knot /p'
  here bind && named -v 2>&1 | sed -n 's/^BIND \([^ ]*\).*/BIND \1/p'
  command -v dnsperf >/dev/null && dnsperf -h 2>&1 | sed -n 's/^.*[Vv]ersion /dnsperf /p'
  true
}
