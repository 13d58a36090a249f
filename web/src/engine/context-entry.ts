// SPDX-License-Identifier: MIT
/**
 * How a terminal comes into a context, and leaves no member when it goes: the program of its pty, made of the guest's own commands
 * (docs/adr/0023).
 */

/**
 * Runs the words of "$@". When they have ended, what they leave in the terminal's session would keep the context alive, so it is hung
 * up. When the terminal goes, the session's leader, this shell, must end at once, for only then does the kernel tell the foreground:
 * what hangs up is the other end of a pipe, which that signal does not reach (the terminal's own process group is the shell's by
 * then), and which ends with the words and not with what they leave. In the stat of a process its name may hold blanks and brackets:
 * the fields count from behind it.
 */
const RUN = String.raw`
exec 4>&1
{
  "$@" >&4 4>&-
  echo $?
} | {
  trap '' HUP
  read -r code
  cd /proc 2>/dev/null || exit $code
  for pid in [0-9]*; do
    set -- $(sed -n '$s/.*) //p' $pid/stat)
    if [ "$4" = $$ ] && [ $pid -ne $$ ]; then
      kill -HUP $pid
      kill -CONT $pid
    fi
  done 2>/dev/null
  exit $code
}
`;

/**
 * Of the host's shell, with the xid for $1; it stays outside. It reads at the moment of entry what the context keeps: a root of
 * its own (the second number of Spaces) and namespaces (the first). One of mounts among these either has the host's commands in
 * it, or is chrooted. Who enters a namespace of pids is not in it: the children are.
 */
const ENTER = String.raw`
xid=$1
set -- $(sed -n 's/^Spaces:[[:space:]]*//p' "/proc/virtual/$xid/status" 2>/dev/null)
if [ $# -ne 2 ]; then
  echo "There is no context $xid."
  exit 1
fi
keeps=$((0x$1)) root=$((0x$2)) mounts=$((0x20200)) pids=$((0x20000000)) how=
if [ $root -ne 0 ]; then
  how=--pivot-root keeps=$((keeps & ~mounts))
elif [ $((keeps & mounts)) -ne 0 ] && ! vspace --enter $xid --mask $((keeps & mounts)) -- vcontext --help >/dev/null 2>&1; then
  how='--chroot --namespace' keeps=$((keeps & ~mounts))
fi
set -- vcontext --migrate --xid $xid $how -- /bin/sh -l
[ $((keeps & pids)) -eq 0 ] || set -- sh -c '"$@"; exit $?' sh "$@"
[ $keeps -eq 0 ] || set -- vspace --enter $xid --mask $keeps -- "$@"
${RUN}`;

/** Of the guest's own shell, which leads the session of the terminal that it has there; its users have bash where it is. */
const INSIDE = `
set -- /bin/sh -l
[ ! -x /bin/bash ] || set -- /bin/bash -l
${RUN}`;

/** The words that PTY_OPEN takes for a login shell in context `xid`. */
export function contextShell(xid: number): readonly string[] {
  return ['sh', '-c', ENTER, 'enter-context', String(xid)];
}

/** For one in the guest `name`, with its root, network context and environment. */
export function guestShell(name: string): readonly string[] {
  return ['vserver', name, 'exec', '/bin/sh', '-c', INSIDE];
}
