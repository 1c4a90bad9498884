#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Set-up that ./start, ./check and ./lazaret share: system packages, the pinned Node, npm packages, native build.
# Safe to repeat; each part is skipped when its stamp says that nothing it depends on has changed.
# Usage: source tools/setup.sh start|check [ARGUMENT OF ./check …]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
goal=${1:-start}
stamps=$root/.build/stamps
mkdir -p "$stamps"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 2; }

[ "$(id -u)" = 0 ] || fail "must run as root: the scanner's sandbox and the vault need it. Try: sudo $0"
command -v apt-get >/dev/null || fail "needs Debian 12 (apt-get was not found)."
command -v npm >/dev/null || fail "needs Node.js 20 or newer with npm, only to download the pinned version of Node.js. Try: apt-get install nodejs npm"

# What the product needs to be built and run; what only the checks need beside it.
start_packages="g++ make pkg-config util-linux nlohmann-json3-dev libclamav-dev libyara-dev libarchive-dev libseccomp-dev libssl-dev zlib1g-dev postgresql-15"
check_packages="clamav clamav-daemon clamav-milter samba samba-vfs-modules smbclient clamdscan clamav-testfiles p7zip-full zip unzip attr acl e2fsprogs cpio genisoimage ripmime mpack python3 bzip2 xz-utils zstd lz4 binutils clang-14 libclang-rt-14-dev llvm-14 clang-format-14 cppcheck doctest-dev chromium fonts-noto-cjk fonts-dejavu-core"

# File systems that a restore is compared on.
check_packages="$check_packages xfsprogs btrfs-progs"
# A network drive, and its server on loopback.
check_packages="$check_packages openssh-server sshfs"
# VMs of the lab, and what makes their image.
check_packages="$check_packages mmdebstrap qemu-system-x86 qemu-utils"

missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
  done
}

install_packages() {
  local missing
  missing=$(missing_packages "$@")
  [ -z "$missing" ] && return 0
  say "installing Debian packages: $missing"
  # A daemon that a package brings must not start by itself on somebody's machine, now or at its next start; the file is put back as it was.
  local policy=/usr/sbin/policy-rc.d made=0
  if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy && made=1; fi
  # PostgreSQL: we bring a data directory of our own. Where no server is yet, none is made beside it; clusters that exist stay untouched.
  local clusters=/etc/postgresql-common/createcluster.conf
  if [[ $missing == *postgresql* && ! -e $clusters ]]; then mkdir -p ${clusters%/*} && printf 'create_main_cluster = false\n' >$clusters; fi
  local log=$root/.build/apt.log status=0
  # shellcheck disable=SC2086
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1 </dev/null || status=$?
  [ $made = 0 ] || rm -f $policy
  local unit
  for unit in clamav-daemon.service:clamav-daemon clamav-daemon.socket:clamav-daemon clamav-milter.service:clamav-milter smbd.service:samba nmbd.service:samba samba-ad-dc.service:samba ssh.service:openssh-server ssh.socket:openssh-server; do
    [[ " $missing" != *" ${unit#*:} "* ]] || ! command -v systemctl >/dev/null || systemctl disable "${unit%:*}" >>"$log" 2>&1 || true
  done
  [ $status = 0 ] || { tail -n 20 "$log" >&2; fail "apt-get failed (whole log: $log)."; }
}

# Whom the scan processes run as: a user that nothing else has, or any other process of it could stop them. Two set-ups at once: one makes it, both go on.
make_scanner_user() {
  getent passwd lazaret-scanner >/dev/null && return 0
  say "creating the user lazaret-scanner"
  useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin lazaret-scanner 2>"$root/.build/user.log" && return 0
  getent passwd lazaret-scanner >/dev/null || say "the user lazaret-scanner could not be created ($(head -n 1 "$root/.build/user.log")); scan processes run with an unused user id"
}

hash_of() { cat "$@" | sha256sum | cut -d' ' -f1; }
is_fresh() { [ -f "$stamps/$1" ] && [ "$(cat "$stamps/$1")" = "$2" ]; }
mark_fresh() { printf '%s' "$2" >"$stamps/$1"; }

install_runtime() {
  local hash
  hash=$(hash_of "$root/.runtime/package-lock.json")
  if ! is_fresh runtime "$hash"; then
    say "downloading the pinned version of Node.js"
    (cd "$root/.runtime" && npm ci --ignore-scripts --no-audit --no-fund >"$root/.build/runtime.log" 2>&1) ||
      { tail -n 20 "$root/.build/runtime.log" >&2; fail "npm could not download the pinned version of Node.js (log: .build/runtime.log)."; }
    mark_fresh runtime "$hash"
  fi
  local arch=x64
  [ "$(uname -m)" = aarch64 ] && arch=arm64
  export PATH=$root/.runtime/node_modules/node-linux-$arch/bin:$root/.runtime/node_modules/.bin:$root/node_modules/.bin:$PATH
}

install_modules() {
  local hash
  hash=$(hash_of "$root/package-lock.json")
  is_fresh modules "$hash" && [ -d "$root/node_modules" ] && return 0
  say "downloading npm packages"
  (cd "$root" && npm ci --no-audit --no-fund >"$root/.build/npm.log" 2>&1) ||
    { tail -n 20 "$root/.build/npm.log" >&2; fail "npm could not download the packages (log: .build/npm.log)."; }
  mark_fresh modules "$hash"
}

build_native() {
  local log=$root/.build/native.log
  [ -x "$root/.build/native/bin/lazaret-scanner" ] || say "building the native parts (two minutes or more)"
  make -s -j2 -C "$root/native" "$1" >"$log" 2>&1 || { tail -n 40 "$log" >&2; fail "the native build failed (log: .build/native.log)."; }
}

# Here and not where they run: the time of that part is for fuzzing. make builds again what has changed. `./check --only lint` needs none of them.
build_fuzz() {
  [[ $* != *--only* || $* == *--only?fuzz* ]] || return 0
  local log=$root/.build/fuzz.log
  mkdir -p "$root/.build/fuzz"
  [ -x "$root/.build/fuzz/programs/scanner" ] || say "building the fuzz programs (about two minutes)"
  make -s -j2 -f "$root/native/fuzz/fuzz.mk" >"$log" 2>&1 || { tail -n 40 "$log" >&2; fail "the build of the fuzz programs failed (log: .build/fuzz.log)."; }
}

# Here and not in the test that comes first, whose time it would take. All checkouts of the machine share it, and take turns; another recipe makes another.
build_vm_lab() {
  [[ $* != *--only* || $* == *--only?vm-lab* ]] || return 0
  local log=$root/.build/vm-lab.log
  [ -d /var/cache/lazaret-lab ] || say "building the image of the lab's VMs (about four minutes)"
  node "$root/tools/vm-lab/main.ts" prepare >"$log" 2>&1 </dev/null || { tail -n 40 "$log" >&2; fail "the image of the lab's VMs could not be built (log: .build/vm-lab.log)."; }
}

# The page that the manager serves. ./check builds it as a part of its own, so that a break is counted there.
build_console() {
  local hash log=$root/.build/console.log
  hash=$(cd "$root" && { find apps/console packages/core/src packages/contract/src \( -name node_modules -o -name dist \) -prune -o -type f -print0 | sort -z | xargs -0 cat; cat package-lock.json; } | sha256sum | cut -d' ' -f1)
  is_fresh console "$hash" && [ -f "$root/apps/console/dist/index.html" ] && return 0
  say "building the console"
  (cd "$root" && vite build apps/console --logLevel warn >"$log" 2>&1) || { tail -n 40 "$log" >&2; fail "the build of the console failed (log: .build/console.log)."; }
  mark_fresh console "$hash"
}

# shellcheck disable=SC2086
case $goal in
  start) install_packages $start_packages; make_scanner_user; install_runtime; install_modules; build_native all; build_console ;;
  check) install_packages $start_packages $check_packages; make_scanner_user; install_runtime; install_modules; build_native check; build_fuzz "$@"; build_vm_lab "$@"; build_console ;;
  *) fail "unknown goal '$goal'" ;;
esac
