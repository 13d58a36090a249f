// SPDX-License-Identifier: MIT
/**
 * How a terminal comes into a context, and leaves no member when it goes: the program of its pty, made of the guest's own commands
 * (docs/adr/0023).
 */

/**
 * When the shell has ended: what it leaves in its session would keep the context alive, so it is hung up. The `trap` makes the
 * session's leader outlive the end of its terminal; `trap ''` would be inherited. In the stat of a process its name may hold
 * blanks and brackets: the fields count from behind it.
 */
const OUTLIVE = `trap : HUP`;
const HANG_UP = String.raw`code=$?
cd /proc 2>/dev/null || exit $code
for pid in [0-9]*; do
  set -- $(sed -n '$s/.*) //p' $pid/stat)
  if [ "$4" = $$ ] && [ $pid -ne $$ ]; then
    kill -HUP $pid
    kill -CONT $pid
  fi
done 2>/dev/null
exit $code`;

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
${OUTLIVE}
keeps=$((0x$1)) root=$((0x$2)) mounts=$((0x20200)) pids=$((0x20000000)) how=
if [ $root -ne 0 ]; then
  how=--pivot-root keeps=$((keeps & ~mounts))
elif [ $((keeps & mounts)) -ne 0 ] && ! vspace --enter $xid --mask $((keeps & mounts)) -- vcontext --help >/dev/null 2>&1; then
  how='--chroot --namespace' keeps=$((keeps & ~mounts))
fi
set -- vcontext --migrate --xid $xid $how -- /bin/sh -l
[ $((keeps & pids)) -eq 0 ] || set -- sh -c '"$@"; exit $?' sh "$@"
[ $keeps -eq 0 ] || set -- vspace --enter $xid --mask $keeps -- "$@"
"$@"
${HANG_UP}
`;

/** Of the guest's own shell, which leads the session of the terminal that it has there; its users have bash where it is. */
const INSIDE = `
${OUTLIVE}
shell=/bin/sh
[ ! -x /bin/bash ] || shell=/bin/bash
$shell -l
${HANG_UP}
`;

/** The words that PTY_OPEN takes for a login shell in context `xid`. */
export function contextShell(xid: number): readonly string[] {
  return ['sh', '-c', ENTER, 'enter-context', String(xid)];
}

/** For one in the guest `name`, with its root, network context and environment. */
export function guestShell(name: string): readonly string[] {
  return ['vserver', name, 'exec', '/bin/sh', '-c', INSIDE];
}
