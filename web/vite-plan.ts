// SPDX-License-Identifier: MIT
/**
 * `import { plan } from 'virtual:plan'` gives the plan as data. `virtual:plan-files` gives the addresses of the patches and
 * tests by name, files of the site as they are: the page loads it when the first of them is to be shown.
 * `virtual:feature-matrix` gives what is recorded of the tests, and of what the page is built.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import {
  PLAN_FILES,
  patchPath,
  planData,
  readPlanSources,
  RECORDED_FILE,
  seriesHash,
  testPath,
} from '../scripts/lib/plan-data.js';
import type { Built } from './src/engine/feature-matrix.js';
import { readJson, ROOT } from '../scripts/lib/project.js';

/** Found only when the page shows a patch, these would reload it in dev. */
const LATE = [
  'parse-diff',
  'highlight.js/lib/core',
  ...['bash', 'c', 'makefile', 'perl'].map((name) => `highlight.js/lib/languages/${name}`),
];
const PLAN = 'virtual:plan';
const FILES = 'virtual:plan-files';
const MATRIX = 'virtual:feature-matrix';

export function planModules(): Plugin {
  return {
    name: 'plan',
    config: () => ({ optimizeDeps: { include: LATE } }),
    resolveId: (id) => ([PLAN, FILES, MATRIX].includes(id) ? `\0${id}` : null),
    load(id) {
      if (id === `\0${MATRIX}`) {
        this.addWatchFile(RECORDED_FILE);
        return `export const recorded = ${readFileSync(RECORDED_FILE, 'utf8')};\nexport const built = ${JSON.stringify(built())};`;
      }
      if (id !== `\0${PLAN}` && id !== `\0${FILES}`) return null;
      for (const path of PLAN_FILES) this.addWatchFile(join(ROOT, path));
      const sources = readPlanSources();
      const plan = planData(sources);
      if (id === `\0${PLAN}`) return `export const plan = ${JSON.stringify(plan)};`;
      const names = (list: 'patches' | 'tests') =>
        plan.entries.flatMap((entry) => entry[list].map(({ name }) => name));
      return [urls('patch', names('patches'), patchPath), urls('test', names('tests'), testPath)].join('\n');
    },
  };
}

/** What the page is built of, for `stale`. */
function built(): Built {
  const { kernel } = readJson<{ kernel: { sha256: string } }>(join(ROOT, 'images/dist/manifest.json'));
  const hashes = { kernel: kernel.sha256, series: seriesHash(readPlanSources()) };
  try {
    const head = ['rev-parse', '--short=12', 'HEAD'];
    const commit = execFileSync('git', head, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim();
    return { commit, ...hashes };
  } catch {
    return hashes; // no git, or no clone
  }
}

/** `<what>Urls`, a map from names to addresses. */
function urls(what: string, names: readonly string[], path: (name: string) => string): string {
  const imports = names.map(
    (name, index) => `import ${what}${index} from ${JSON.stringify(`${path(name)}?url`)};`,
  );
  const pairs = names.map((name, index) => `[${JSON.stringify(name)}, ${what}${index}]`);
  return [...imports, `export const ${what}Urls = new Map([${pairs.join(', ')}]);`].join('\n');
}
