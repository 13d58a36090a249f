// SPDX-License-Identifier: MIT
/** What the patches of the series leave in the kernel's files, told from the patches alone: no kernel tree is needed. */

interface Line {
  text: string;
  /** Added by the series; the others are upstream's, known where they are a hunk's context. */
  own: boolean;
}

/** A file as far as it is known: undefined is a line of upstream's that no hunk has shown, as is all behind the end. */
type KnownFile = (Line | undefined)[];

/**
 * The lines that the series adds and keeps, joined, by the path of their file. `patches` are texts of `git format-patch`, in
 * the order in which they apply. Throws, with path and line, when one does not fit on those before it.
 */
export function seriesFiles(patches: readonly string[]): Map<string, string> {
  const files = new Map<string, KnownFile>();
  for (const patch of patches) applyPatch(files, patch.split('\n'));
  return new Map(
    [...files].map(([path, lines]) => [
      path,
      lines
        .filter((line) => line?.own)
        .map((line) => line!.text)
        .join('\n'),
    ]),
  );
}

function applyPatch(files: Map<string, KnownFile>, patch: readonly string[]): void {
  let path = '';
  let renamedFrom = '';
  for (let i = 0; i < patch.length; i++) {
    const line = patch[i]!;
    const [, to] = /^\+\+\+ b\/(.*)$/.exec(line) ?? [];
    const [, from] = /^rename from (.*)$/.exec(line) ?? [];
    const [, moved] = /^rename to (.*)$/.exec(line) ?? [];
    if (to !== undefined) path = to;
    // Of a file that is deleted, the hunk takes away every line.
    else if (line === '+++ /dev/null') path = patch[i - 1]!.replace(/^--- a\//, '');
    else if (from !== undefined) renamedFrom = from;
    else if (moved !== undefined) {
      files.set(moved, files.get(renamedFrom) ?? []);
      files.delete(renamedFrom);
    } else if (line.startsWith('@@ ')) {
      const file = files.get(path) ?? [];
      files.set(path, file);
      i += applyHunk(file, patch.slice(i), path);
    }
  }
}

/** Applies the hunk that `patch` begins with to `file`; returns how many lines it has, its head not counted. */
function applyHunk(file: KnownFile, patch: readonly string[], path: string): number {
  const numbers = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(patch[0]!);
  if (!numbers) throw new Error(`${path}: "${patch[0]!}" is no head of a hunk`);
  let before = Number(numbers[1] ?? 1);
  let after = Number(numbers[3] ?? 1);
  // Without a line of its own a hunk names the line before it.
  let at = Number(numbers[2]) - (after === 0 ? 0 : 1);
  while (file.length < at) file.push(undefined);
  let used = 0;
  while (before > 0 || after > 0) {
    const line = patch[++used];
    if (line === undefined) throw new Error(`${path}: its last hunk is cut off`);
    const text = line.slice(1);
    if (line.startsWith('+')) {
      file.splice(at++, 0, { text, own: true });
      after--;
      continue;
    }
    const known = file[at];
    if (known && known.text !== text)
      throw new Error(`${path}:${at + 1}: the patch wants "${text}" where "${known.text}" is`);
    before--;
    if (line.startsWith('-')) {
      file.splice(at, 1);
    } else {
      file[at++] = known ?? { text, own: false };
      after--;
    }
  }
  return used;
}
