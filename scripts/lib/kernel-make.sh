# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# How a kernel is configured and made: shared by build-kernel, which builds the whole of it, and check-patches, which builds
# the objects that the series touches. Sourced after kernel-env.sh. A caller names the recipe, then the two folders:
#   recipe v86; tree=$KERNEL_TREE build=$CACHE/build/v86; configure; kmake bzImage

# tree and build are the caller's.
# shellcheck disable=SC2154

# recipe NAME: sets arch, cross and fragments (full paths).
recipe() {
  local names
  case $1 in
    v86) arch=i386 names=(base i386 vserver) ;;
    off) arch=i386 names=(base i386) ;;
    plain) arch=i386 names=(base i386 vserver plain) ;;
    debug) arch=x86_64 names=(base x86_64 debug vserver) ;;
    *) echo "${0##*/}: no kernel is called $1 (v86, debug, off or plain)" >&2; exit 2 ;;
  esac
  case $arch in i386) cross=i686-linux-gnu- ;; x86_64) cross=x86_64-linux-gnu- ;; esac
  mapfile -t fragments < <(printf "$ROOT/kernel-build/config/%s.config\n" "${names[@]}")
  need make bc flex bison ccache lz4 "${cross}gcc" "${cross}ld" "${cross}objdump" "${cross}nm" "${cross}size"
}

# make in the two folders. Name, host and date are fixed, and no path of this machine gets in.
# LOCALVERSION= keeps setlocalversion from adding a "+".
kmake() {
  env -u MAKEFLAGS CCACHE_DIR="${CCACHE_DIR:-$CACHE/ccache}" CCACHE_BASEDIR="$CACHE" CCACHE_NOHASHDIR=1 \
    KCONFIG_NOTIMESTAMP=1 KBUILD_BUILD_USER=vserver KBUILD_BUILD_HOST=playground KBUILD_BUILD_VERSION=1 \
    KBUILD_BUILD_TIMESTAMP="$(pin date)" LC_ALL=C \
    make -s -C "$tree" O="$build" ARCH="$arch" CROSS_COMPILE="$cross" CC="ccache ${cross}gcc" HOSTCC="ccache gcc" LOCALVERSION= \
    KCFLAGS="-ffile-prefix-map=$tree/= -ffile-prefix-map=$build/=" -j"$(nproc)" "$@"
}

# tinyconfig, the fragments over it, and the proof that each line of them holds. The old .config keeps its date when nothing changes.
configure() {
  local wanted=$build/wanted.config
  mkdir -p "$build"
  KCONFIG_CONFIG=$wanted kmake tinyconfig >/dev/null
  KCONFIG_CONFIG=$wanted "$tree/scripts/kconfig/merge_config.sh" -m -Q -O "$build" "$wanted" "${fragments[@]}" >/dev/null
  KCONFIG_CONFIG=$wanted kmake olddefconfig >/dev/null
  check_config "$wanted" || die "change the fragments in kernel-build/config, or what the options above depend on"
  cmp -s "$wanted" "$build/.config" || cp "$wanted" "$build/.config"
}

# A later fragment overrides an earlier one; "not set" also holds for an option that does not exist here.
check_config() {
  awk '
    function note(symbol, value) { if (FILENAME == config) is[symbol] = value; else want[symbol] = value }
    match($0, /^CONFIG_[A-Za-z0-9_]+=/) { s = substr($0, 1, RLENGTH - 1); note(s, substr($0, RLENGTH + 1)) }
    /^# CONFIG_[A-Za-z0-9_]+ is not set/ { note($2, "n") }
    END {
      for (s in want) {
        have = s in is ? is[s] : "n"
        if (have != want[s]) { printf "%s is %s, the fragments ask for %s\n", s, have, want[s] | "sort >&2"; bad = 1 }
      }
      exit bad
    }' config="$1" "$1" "${fragments[@]}"
}
