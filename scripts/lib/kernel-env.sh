# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What every kernel verb agrees on: where the caches are, what the pin says, how an error looks. Sourced, not run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# ccache makes the paths below this folder relative, and file names reach the kernel that way (in warnings): so the folder goes by
# its real name, and ccache is never off, or the same sources would give other bytes.
CACHE=$(realpath -m "${VSERVER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vserver-playground}")
unset CCACHE_DISABLE
PATCHES=$ROOT/kernel-build/patches
# The kept work tree: one base commit, then one commit a patch.
KERNEL_TREE=$CACHE/work/linux
# Inside its .git: which file of the series became which commit ("sha256 name commit" a line).
APPLIED=$KERNEL_TREE/.git/vserver-applied
# Read by the scripts that source this file.
export ROOT CACHE PATCHES KERNEL_TREE APPLIED

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$@"; exit 1; }

# The name of the first program of the list that is missing, with the verb that installs it.
need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || die "$tool is not installed: scripts/install-packages installs it"
  done
}

# pin FIELD: a field of kernel-build/source.json.
pin() {
  sed -n 's/^ *"'"$1"'": *"\(.*\)",\{0,1\}$/\1/p' "$ROOT/kernel-build/source.json"
}

# git in the work tree, deaf to the user's own configuration, so that patches come out the same everywhere.
kgit() {
  GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git -C "$KERNEL_TREE" "$@"
}

# The commit that unpack-kernel or export-patches saw last; anything above it is somebody's work.
known_tip() { if [ -s "$APPLIED" ]; then tail -n 1 "$APPLIED" | cut -d' ' -f3; else kgit rev-parse base; fi; }

# The patch names of the series, without headings.
series_names() { [ ! -f "$PATCHES/series" ] || sed -e "s/#.*//" -e "s/[[:space:]]*$//" -e "/^$/d" "$PATCHES/series"; }

# tsx NAME ARGS: one of our TypeScript scripts.
tsx() {
  local script=$1; shift
  [ -x "$ROOT/node_modules/.bin/tsx" ] || die "node_modules is missing: run npm ci first"
  "$ROOT/node_modules/.bin/tsx" "$ROOT/scripts/$script.ts" "$@"
}
