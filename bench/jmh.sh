#!/bin/bash
# The responder alone, with the query log, steering and balancing alone by each pick, and the map
# from clients to destinations of 5,000,000 prefixes: nanoseconds and octets allocated per query,
# connection or lookup.
#
#   bench/jmh.sh [--record]
. "$(dirname "$0")/common.sh"

if [ "${1:-}" = --record ]; then recording=yes; fi
build
before=$(machine)
"$JAVA_HOME/bin/java" -cp "$root/bench/target/classes:$root/bench/target/lib/*" org.openjdk.jmh.Main -e PlacedBenchmark -p rules=0 \
  -prof gc -rf csv -rff "$work/jmh.csv" >"$work/jmh.log" || { cat "$work/jmh.log" >&2 && exit 1; }
{
  echo
  echo "### Responder, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/jmh.sh\`; $before; Azimuth $(git -C "$root" describe --always --dirty)"
  echo
  echo "| query | ns | ± | octets allocated |"
  echo "| --- | ---: | ---: | ---: |"
  tr -d '"\r' <"$work/jmh.csv" | awk -F, '
    NR == 1 { for (i = 8; i <= NF; i++) { what[i] = $i; sub(/Param: /, "", what[i]) } next }
    { name = $1; sub(/.*Benchmark\./, "", name); norm = name ~ /:gc.alloc.rate.norm$/; sub(/:.*/, "", name) }
    {
      for (i = 8; i <= NF; i++)
        if ($i != "" && what[i] != "rules")
          name = name ", " (what[i] != "every" ? tolower($i) : $i == 0 ? "log off" : "every " $i ". logged")
    }
    norm { octets[name] = $5; next }
    $1 !~ /:/ { order[++rows] = name; time[name] = $5; error[name] = $6 }
    END {
      for (i = 1; i <= rows; i++)
        printf "| %s | %.1f | %.1f | %.3f |\n", order[i], time[order[i]], error[order[i]], octets[order[i]]
    }'
} | record
