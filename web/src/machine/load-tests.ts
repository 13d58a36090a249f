// SPDX-License-Identifier: MIT
/** The archives of scripts/build-tests, verified as the files of the machine are. */
import type { CancelSignal } from '../engine/agent-client.js';
import type { GuestArchive } from '../engine/guest-tests.js';
import { parseTestFiles, type FileEntry } from '../engine/machine-files.js';
import { fetchFile, fetchJson } from './download.js';
import type { Progress } from './load-machine.js';

/**
 * What the folder at `base` has for a guest that is to run tests. An archive is fetched when its bytes are asked for; `signal` ends
 * what is on its way.
 */
export async function findTestArchives(
  base: string,
  progress: Progress,
  signal: CancelSignal,
): Promise<GuestArchive[]> {
  const { perl, tests } = parseTestFiles(await fetchJson(new URL('tests.json', base).href, signal));
  const archive = (name: string, entry: FileEntry): GuestArchive => ({
    name,
    sha256: entry.sha256,
    bytes: async () => {
      const told = (loaded: number) => progress(entry.path, loaded, entry.size);
      return new Uint8Array(await fetchFile(base, entry, told, { signal }));
    },
  });
  return [archive('Perl', perl), archive('the tests', tests)];
}
