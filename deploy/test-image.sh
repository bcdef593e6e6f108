#!/bin/sh
# Builds the image that ImageTest examines, localhost/azimuth:test, from the product in
# app/target/azimuth and deploy/Containerfile.
#
#   ./mvnw -q package -DskipTests -pl app -am
#   deploy/test-image.sh [docker | podman]    without a word: the first of the two that works
#   ./mvnw verify
#
# The base is the one that the Containerfile names, when it is here or can be pulled. Where no
# registry answers, a base is made from Debian packages and the JDK of this machine; that needs
# root, mmdebstrap and a Debian mirror. ImageTest then finds the engine by its socket: Docker's by
# itself, Podman's like this:
#
#   podman system service --time=0 unix:///tmp/podman.sock &
#   export DOCKER_HOST=unix:///tmp/podman.sock TESTCONTAINERS_RYUK_DISABLED=true
set -eu
cd "$(dirname "$0")/.."

image=localhost/azimuth:test
product=app/target/azimuth
made=localhost/azimuth-base:test
patience=60 # seconds for a registry to give the base

step() {
  printf '%s  %s\n' "$(date -u +%H:%M:%S)" "image: $*"
}

fail() {
  step "$*" >&2
  exit 1
}

# What a command says is only worth reading when it fails.
quietly() {
  "$@" >app/target/image.log 2>&1 || {
    cat app/target/image.log >&2
    fail "$1 $2 failed"
  }
}

# The first engine that answers: a client whose engine does not run is none.
find_engine() {
  for candidate in ${1:-docker podman}; do
    if command -v "$candidate" >/dev/null && "$candidate" info >/dev/null 2>&1; then
      engine=$candidate
      return 0
    fi
  done
  fail "no engine answers; looked for: ${1:-docker, podman}"
}

have() {
  "$engine" image inspect "$1" >/dev/null 2>&1
}

# A root file system of the few packages that the launcher needs, and the JDK where the official
# image has it.
make_base() {
  [ "$(id -u)" -eq 0 ] && command -v mmdebstrap >/dev/null ||
    fail "no base: $base cannot be pulled, and making one needs root and mmdebstrap"
  . .mvn/find-jdk.sh
  find_jdk java || exit 1
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  step "making a base from Debian packages and $JAVA_HOME"
  mmdebstrap --quiet --variant=extract \
    --include=base-files,dash,libc6,coreutils,findutils,grep,sed \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    bookworm "$work/base.tar"
  # Links are followed: certificates are often one into /etc.
  mkdir -p "$work/opt/java"
  cp -RL "$JAVA_HOME" "$work/opt/java/openjdk"
  tar -C "$work" --owner=0 --group=0 -rf "$work/base.tar" ./opt
  quietly "$engine" import \
    --change 'ENV JAVA_HOME=/opt/java/openjdk' \
    --change 'ENV PATH=/opt/java/openjdk/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    "$work/base.tar" "$made"
}

find_engine "${1:-}"
[ -x "$product/bin/azimuth" ] ||
  fail "no product in $product; build it: ./mvnw -q package -DskipTests -pl app -am"

base=$(sed -n 's/^ARG JAVA=//p' deploy/Containerfile)
if ! have "$base" && ! timeout "$patience" "$engine" pull -q "$base" >/dev/null 2>&1; then
  have "$made" || make_base
  base=$made
fi

step "building $image with $engine on $base"
# The limits are said because an engine with its own may not raise ours.
quietly "$engine" build --ulimit nofile=1024:4096 --ulimit nproc=1000:1000 \
  --build-arg JAVA="$base" -t "$image" -f deploy/Containerfile .
step "$image is there"
