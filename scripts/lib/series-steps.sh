# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# States of the kernel that are not the series as it is: shared by check-patches, which compiles the objects of each state between
# two patches, check-series, which boots each, and mutants. Sourced after kernel-env.sh and kernel-make.sh.

# build is the caller's; fragments, tree and CACHE are read by configure and kmake.
# shellcheck disable=SC2154,SC2034

# options NAME...: the lines of these fragments without remarks.
options() { (cd "$ROOT/kernel-build/config" && sed -n '/^\(# \)\{0,1\}CONFIG_/p' "${@/%/.config}"); }

# symbols_of NAME...: the symbols that these patches bring into Kconfig files.
symbols_of() { (cd "$PATCHES" && sed -n 's/^+\(menu\)\{0,1\}config \([A-Za-z0-9_]*\)$/CONFIG_\2/p' /dev/null "$@") | sort -u; }

# fragment_at COUNT: the lines of vserver.config that can hold after the first COUNT patches: a symbol is asked for when its patch is in.
fragment_at() {
  local names
  mapfile -t names < <(series_names)
  options vserver | awk '
    { symbol = $1 == "#" ? $2 : $1; sub(/=.*/, "", symbol) }
    reading == "later" { later[symbol]; next }
    !(symbol in later)
  ' reading=later <(comm -13 <(symbols_of "${names[@]:0:$1}") <(symbols_of "${names[@]:$1}")) reading=options -
}

# at_step COUNT: after `recipe v86`, configures for the tree after the first COUNT patches.
at_step() {
  mkdir -p "$build"
  fragment_at "$1" >"$build/vserver.config"
  fragments[-1]=$build/vserver.config
}

# apart NAME RECIPE: sets tree and build to a tree and a folder of one's own, laid out as the cache is: to ccache the paths are then the
# same, and what has been compiled for one tree need not be for the other.
apart() {
  export CCACHE_DIR=${CCACHE_DIR:-$CACHE/ccache}
  CACHE=$CACHE/$1
  tree=$CACHE/work/linux build=$CACHE/build/$2
  mkdir -p "$CACHE/work" "$build"
  [ -d "$tree" ] || kgit worktree add -q --detach "$tree" base
}
