#!/bin/bash
# Rules by place: how long 100 different rule sets over 5,000,000 prefixes take to be evaluated, the
# memory they need, what finding a client's destination costs, and what a query for a name that is
# steered by place costs beside one for a record that is the same for all.
#
#   bench/places.sh [--prefixes 5000000] [--record]
. "$(dirname "$0")/common.sh"

prefixes=5000000
while [ $# -gt 0 ]; do
  case $1 in
    --prefixes) prefixes=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/places.sh [--prefixes N] [--record]" >&2 && exit 2 ;;
  esac
done

build
before=$(machine)
line=$(tool places --prefixes "$prefixes")
"$JAVA_HOME/bin/java" -cp "$root/bench/target/classes:$root/bench/target/lib/*" org.openjdk.jmh.Main \
  'RouteBenchmark|PlacedBenchmark' -prof gc -rf csv -rff "$work/jmh.csv" >"$work/jmh.log" || { cat "$work/jmh.log" >&2 && exit 1; }
{
  echo
  echo "### Places, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/places.sh --prefixes $prefixes\`; $before; Azimuth $(git -C "$root" describe --always --dirty)"
  echo
  echo "$(field prefixes "$line") ranges of $(field places "$line") places take $(field table_mib "$line") MiB;" \
    "$(field rule_sets "$line") rule sets took $(field seconds "$line") s to evaluate and $(field mib "$line") MiB" \
    "for $(field ranges "$line") ranges."
  echo
  echo "| clients, or query | rule set | ns | octets allocated |"
  echo "| --- | --- | ---: | ---: |"
  tr -d '"' <"$work/jmh.csv" | awk -F, '
    { kind = $1; sub(/:.*/, "", kind); sub(/.*Benchmark\./, "", kind) }
    kind != "lookup" { $8 = kind; $9 = "" }
    NR == 1 || $1 ~ /:gc\./ && $1 !~ /alloc.rate.norm/ { next }
    $1 ~ /alloc.rate.norm/ { octets[$8 " | " $9] = $5; next }
    $1 ~ /:/ { next }
    { order[++rows] = $8 " | " $9; time[$8 " | " $9] = $5 }
    END { for (i = 1; i <= rows; i++) printf "| %s | %.1f | %.3f |\n", order[i], time[order[i]], octets[order[i]] }'
} | record
