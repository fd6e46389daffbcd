#!/bin/sh
# Installs the programs that tests and benchmarks run against and that npm cannot install: `npm run peers`.
#
#   peers.sh             all of them
#   peers.sh telegraf    Telegraf, built by Go into ${XDG_CACHE_HOME:-~/.cache}/crosslayer (42 s the first time on two
#                        cores; 640 MB of Go's own caches, 26 MB of program). Nothing is done when it is there.
#   peers.sh collectd    collectd and collectd-tg, Debian's packages collectd-core and collectd-utils, by apt-get; for root, or
#                        with a sudo that asks for no password (10 s). No daemon is started.
#
# TELEGRAF_VERSION=v1.39.3 chooses another release. What cannot be installed is said loudly and skipped; under CI=true it
# is an error. Exit status: 0 installed, present or skipped, 1 failed, 2 wrong use.
set -eu

TELEGRAF_VERSION=${TELEGRAF_VERSION:-v1.39.3}

# One build tag for each plugin that a test, a benchmark or the demo uses. `custom` switches all others off; parsers and
# serializers need tags of their own.
TELEGRAF_PLUGINS='
  inputs.cpu inputs.disk inputs.diskio inputs.exec inputs.execd inputs.file inputs.internal inputs.kernel inputs.mem
  inputs.mock inputs.net inputs.processes inputs.socket_listener inputs.swap inputs.system inputs.tail
  processors.execd processors.starlark aggregators.basicstats
  outputs.discard outputs.execd outputs.file outputs.influxdb_v2
  parsers.collectd parsers.influx serializers.influx
'

cache=${XDG_CACHE_HOME:-$HOME/.cache}/crosslayer

say() {
  echo "peers.sh: $*" >&2
}

# cannot WHAT WHY
cannot() {
  if [ "${CI:-}" = true ]; then
    say "$1 cannot be installed: $2"
    exit 1
  fi
  say "SKIPPED: $1 cannot be installed: $2. Tests that need it will be skipped."
}

# The Go that Telegraf asks for is fetched by any Go since 1.21; Debian 12 has 1.19.
has_go() {
  command -v go >/dev/null 2>&1 || return 1
  minor=$(go env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
  [ "${minor:-0}" -ge 21 ]
}

build_telegraf() {
  mkdir -p "$cache"
  # Test files start side by side: one builds, the others wait and then find it.
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$cache/telegraf.lock"
    flock 9
  fi
  tags=custom,$(echo $TELEGRAF_PLUGINS | tr ' ' ',')
  recipe="$TELEGRAF_VERSION $tags"
  if [ -x "$cache/telegraf" ] && { [ ! -e "$cache/telegraf.recipe" ] || [ "$(cat "$cache/telegraf.recipe")" = "$recipe" ]; }; then
    say "telegraf is there: $cache/telegraf"
    return
  fi
  if ! has_go; then
    cannot telegraf "Go 1.21 or newer is not on PATH (https://go.dev/dl)"
    return
  fi
  say "building telegraf $TELEGRAF_VERSION (about a minute the first time)"
  # Without -X it calls itself "unknown".
  if ! GOBIN=$cache/new go install -tags "$tags" \
    -ldflags "-s -w -X github.com/influxdata/telegraf/internal.Version=${TELEGRAF_VERSION#v}" \
    "github.com/influxdata/telegraf/cmd/telegraf@$TELEGRAF_VERSION" >&2; then
    cannot telegraf "go install failed, see above"
    return
  fi
  mv "$cache/new/telegraf" "$cache/telegraf"
  rmdir "$cache/new"
  echo "$recipe" >"$cache/telegraf.recipe"
  say "built $cache/telegraf: $("$cache/telegraf" --version)"
}

install_collectd() {
  mkdir -p "$cache"
  if command -v flock >/dev/null 2>&1; then
    exec 8>"$cache/collectd.lock"
    flock 8
  fi
  # an ordinary user's PATH does not name Debian's place
  if PATH=$PATH:/usr/sbin command -v collectd >/dev/null && command -v collectd-tg >/dev/null; then
    say "collectd is there: $(PATH=$PATH:/usr/sbin command -v collectd)"
    return
  fi
  if ! command -v apt-get >/dev/null 2>&1; then
    cannot collectd "there is no apt-get; install collectd 5.12 by hand, with collectd-tg"
    return
  fi
  as_root=
  if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      cannot collectd "apt-get needs root; run: sudo apt-get install collectd-core collectd-utils"
      return
    fi
    as_root='sudo -n'
  fi
  say "installing collectd-core and collectd-utils"
  $as_root apt-get -q update >&2 || say "apt-get update failed; trying with the lists that are there"
  if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=120 install --no-install-recommends \
    collectd-core collectd-utils >&2; then
    cannot collectd "apt-get install failed, see above"
    return
  fi
  say "installed $(PATH=$PATH:/usr/sbin command -v collectd)"
}

case "${1:-all}" in
  all)
    build_telegraf
    install_collectd
    ;;
  telegraf) build_telegraf ;;
  collectd) install_collectd ;;
  *)
    say "unknown program \"$1\"; there are: telegraf, collectd"
    exit 2
    ;;
esac
