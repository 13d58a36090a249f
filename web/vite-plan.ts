// SPDX-License-Identifier: MIT
/**
 * `import { plan } from 'virtual:plan'` gives the plan as data. `virtual:plan-files` gives the addresses of the patches and
 * tests by name, files of the site as they are: the page loads it when the first of them is to be shown.
 */
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { PLAN_FILES, patchPath, planData, readPlanSources, testPath } from '../scripts/lib/plan-data.js';
import { ROOT } from '../scripts/lib/project.js';

/** Found only when the page shows a patch, these would reload it in dev. */
const LATE = [
  'parse-diff',
  'highlight.js/lib/core',
  ...['bash', 'c', 'makefile', 'perl'].map((name) => `highlight.js/lib/languages/${name}`),
];
const PLAN = 'virtual:plan';
const FILES = 'virtual:plan-files';

export function planModules(): Plugin {
  return {
    name: 'plan',
    config: () => ({ optimizeDeps: { include: LATE } }),
    resolveId: (id) => (id === PLAN || id === FILES ? `\0${id}` : null),
    load(id) {
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

/** `<what>Urls`, a map from names to addresses. */
function urls(what: string, names: readonly string[], path: (name: string) => string): string {
  const imports = names.map(
    (name, index) => `import ${what}${index} from ${JSON.stringify(`${path(name)}?url`)};`,
  );
  const pairs = names.map((name, index) => `[${JSON.stringify(name)}, ${what}${index}]`);
  return [...imports, `export const ${what}Urls = new Map([${pairs.join(', ')}]);`].join('\n');
}
