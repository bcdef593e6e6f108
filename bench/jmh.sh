#!/bin/bash
# The responder alone, and steering alone by each pick: nanoseconds and octets allocated per query.
#
#   bench/jmh.sh [--record]
. "$(dirname "$0")/common.sh"

if [ "${1:-}" = --record ]; then recording=yes; fi
build
before=$(machine)
"$JAVA_HOME/bin/java" -cp "$root/bench/target/classes:$root/bench/target/lib/*" org.openjdk.jmh.Main \
  -prof gc -rf csv -rff "$work/jmh.csv" >"$work/jmh.log" || { cat "$work/jmh.log" >&2 && exit 1; }
{
  echo
  echo "### Responder, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/jmh.sh\`; $before; Azimuth $(git -C "$root" describe --always --dirty)"
  echo
  echo "| query | ns | ± | octets allocated |"
  echo "| --- | ---: | ---: | ---: |"
  tr -d '"' <"$work/jmh.csv" | awk -F, '
    { name = $1; sub(/:.*/, "", name); sub(/.*ResponderBenchmark\./, "", name); sub(/.*PickBenchmark\./, "", name) }
    $8 != "" { name = name " " tolower($8) }
    $1 ~ /gc.alloc.rate.norm$/ { octets[name] = $5; next }
    $1 !~ /:/ && NR > 1 { order[++rows] = name; time[name] = $5; error[name] = $6 }
    END {
      for (i = 1; i <= rows; i++)
        printf "| %s | %.1f | %.1f | %.3f |\n", order[i], time[order[i]], error[order[i]], octets[order[i]]
    }'
} | record
