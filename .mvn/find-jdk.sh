# Sourced by ./azimuth, bin/azimuth and ./mvnw: sets JAVA_HOME to a JDK 25 or later.
#
#   find_jdk java    a runtime is enough
#   find_jdk javac   a compiler is needed too
#
# Returns 1, having said where it looked and what to install, when there is none.

azimuth_java_wanted=25

# The feature release of the JDK in folder $1, 0 when that is none. Reads a file: no JVM is started.
jdk_feature() {
  if [ ! -r "$1/release" ] || [ ! -x "$1/bin/$jdk_tool" ]; then
    echo 0
    return
  fi
  jdk_version=$(sed -n 's/^JAVA_VERSION="\([0-9][0-9]*\).*/\1/p' "$1/release")
  echo "${jdk_version:-0}"
}

# The folder of the JDK whose java is on the PATH, through any symbolic links.
jdk_on_path() {
  jdk_link=$(command -v java 2>/dev/null) || return 0
  while [ -L "$jdk_link" ]; do
    jdk_target=$(readlink "$jdk_link")
    case $jdk_target in
      /*) jdk_link=$jdk_target ;;
      *) jdk_link=${jdk_link%/*}/$jdk_target ;;
    esac
  done
  (cd "${jdk_link%/*}/.." 2>/dev/null && pwd -P) || return 0
}

find_jdk() {
  jdk_tool=$1
  jdk_path=$(jdk_on_path)
  for jdk_home in "${JAVA_HOME:-}" "$jdk_path" /usr/lib/jvm/* /opt/* /opt/java/* \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*; do
    if [ -n "$jdk_home" ] && [ "$(jdk_feature "$jdk_home")" -ge "$azimuth_java_wanted" ]; then
      JAVA_HOME=$jdk_home
      export JAVA_HOME
      return 0
    fi
  done
  cat >&2 <<END
Azimuth needs a JDK $azimuth_java_wanted or later, and none was found. Looked at:
  JAVA_HOME         ${JAVA_HOME:-(not set)}
  java on the PATH  ${jdk_path:-(none)}
  /usr/lib/jvm/*  /opt/*  /opt/java/*  ~/.sdkman/candidates/java/*  ~/.jdks/*
  /Library/Java/JavaVirtualMachines/*  /opt/homebrew/opt/openjdk*
Install one, then try again:
  Debian, Ubuntu    apt install openjdk-25-jdk      (or temurin-25-jdk, from https://adoptium.net)
  Fedora            dnf install java-25-openjdk-devel
  macOS             brew install openjdk@25
  anywhere          https://adoptium.net/temurin/releases/?version=25, then set JAVA_HOME to its folder
END
  return 1
}
