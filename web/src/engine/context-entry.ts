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

/** Of the host's shell, with the xid for $1; it stays outside. What the context keeps is entered before the shell of its own tree runs. */
const ENTER = String.raw`
if [ ! -e "/proc/virtual/$1" ]; then
  echo "There is no context $1."
  exit 1
fi
set -- vcontext --migrate --xid "$1" --spaces -- /bin/sh -l
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
