// SPDX-License-Identifier: MIT
/** The archives of scripts/build-tests, verified as the files of the machine are. */
import type { GuestArchive } from '../engine/guest-tests.js';
import { parseTestFiles, type FileEntry } from '../engine/machine-files.js';
import { fetchFile, fetchJson } from './download.js';
import type { Progress } from './load-machine.js';

/** What the folder at `base` has for a guest that is to run tests. An archive is fetched when its bytes are asked for. */
export async function findTestArchives(base: string, progress: Progress): Promise<GuestArchive[]> {
  const { perl, tests } = parseTestFiles(await fetchJson(new URL('tests.json', base).href));
  const archive = (name: string, entry: FileEntry): GuestArchive => ({
    name,
    sha256: entry.sha256,
    bytes: async () =>
      new Uint8Array(await fetchFile(base, entry, (loaded) => progress(entry.path, loaded, entry.size))),
  });
  return [archive('Perl', perl), archive('the tests', tests)];
}
