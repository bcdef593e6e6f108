# Sourced by the scripts here: starts name servers, asks them, reads what they cost.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
port=${BENCH_PORT:-5399}
work=$(mktemp -d)
server=

. "$root/.mvn/find-jdk.sh"
find_jdk javac

# Whatever is still running is ours, and the folder too.
finish() {
  stop
  rm -rf "$work"
}
trap finish EXIT

# Ends the server that was started last.
stop() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}

build() {
  if [ "${BENCH_BUILD:-yes}" = yes ]; then
    (cd "$root" && ./mvnw -q -B -DskipTests package -pl bench -am)
  fi
}

# tool COMMAND OPTIONS: one of our own.
tool() {
  ${on_core:-} "$JAVA_HOME/bin/java" -XX:+UseSerialGC \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$root/bench/target/classes:$root/bench/target/lib/*" dev.azimuth.bench.Bench "$@"
}

# load OPTIONS: the generator, on the core that is not the server's.
load() {
  on_core="taskset -c ${BENCH_LOAD_CORE:-1}" tool load --server "127.0.0.1:$port" "$@"
}

# field NAME LINE: the value of NAME=VALUE in a line of such words.
field() {
  printf '%s\n' "$2" | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# A process and all that it started.
family() {
  echo "$1"
  local child
  for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
    family "$child"
  done
}

# "USER SYSTEM" of a process and all that it started, in ticks of 10 ms.
ticks() {
  local pid
  for pid in $(family "$1"); do
    # The name may hold spaces: what counts comes after its closing parenthesis.
    sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null || true
  done | awk '{ user += $12; kernel += $13 } END { print user + 0, kernel + 0 }'
}

# The proportional set size of the server and all that it started.
mebibytes() {
  local pid
  for pid in $(family "$server"); do
    cat "/proc/$pid/smaps_rollup" 2>/dev/null || true
  done | awk '/^Pss:/ { sum += $2 } END { printf "%d", sum / 1024 }'
}

now() { date +%s%N; }

seconds_since() { awk -v from="$1" -v to="$(now)" 'BEGIN { printf "%.1f", (to - from) / 1e9 }'; }

# answering NAME [TRIES]: waits until the server answers with a record, at most 20 s, or a tenth of the tries.
answering() {
  local name=$1 i
  for i in $(seq "${2:-200}"); do
    if [ -n "$(dig +short +tries=1 +timeout=1 @127.0.0.1 -p "$port" "$name" A 2>/dev/null | grep '^[0-9]')" ]; then
      return 0
    fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  echo "no answer from $name on port $port" >&2
  cat "$work"/*.log >&2
  return 1
}

# The machine in a few words.
machine() {
  echo "$(nproc) cores of $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), Linux $(uname -r)," \
    "JDK $("$JAVA_HOME/bin/java" --version | sed -n '2s/.*build \([^)]*\)).*/\1/p')," \
    "load $(cut -d' ' -f1 /proc/loadavg) before"
}

# Appends standard input to the record when the script was called with --record.
record() {
  if [ "${recording:-no}" = yes ]; then
    tee -a "$root/docs/benchmarks.md"
  else
    cat
  fi
}
