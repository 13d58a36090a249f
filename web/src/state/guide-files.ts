// SPDX-License-Identifier: MIT
/** Reads patches and tests of the site. What shows them comes with the first of them, so that the first prompt does not wait for it. */
import type { PatchFilePage, TestPage } from './guide.svelte.js';

/** `ids` are those of the plan: a text that names one links to it. */
export async function readPatchPage(name: string, ids: readonly string[]): Promise<PatchFilePage> {
  const { patchUrls } = await import('virtual:plan-files');
  const [file, { readPatch }, { findPlace }, { highlight }] = await Promise.all([
    readFile(patchUrls, name),
    import('../engine/patch.js'),
    import('../engine/patch-place.js'),
    import('../engine/highlight.js'),
  ]);
  const page = readPatch(file.text, name, { ids, highlight });
  return { url: file.url, ...page, find: (route) => findPlace(page.files, route) };
}

export async function readTestPage(name: string): Promise<TestPage> {
  const [file, { highlight }] = await Promise.all([readTest(name), import('../engine/highlight.js')]);
  return { ...file, lines: highlight(file.text, name) };
}

/** A test without its last newline. */
export async function readTestText(name: string): Promise<string> {
  return (await readTest(name)).text;
}

async function readTest(name: string): Promise<{ url: string; text: string }> {
  const { testUrls } = await import('virtual:plan-files');
  const { url, text } = await readFile(testUrls, name);
  return { url, text: text.replace(/\n$/, '') };
}

async function readFile(
  urls: ReadonlyMap<string, string>,
  name: string,
): Promise<{ url: string; text: string }> {
  const url = urls.get(name);
  if (url === undefined) throw new Error(`the site has no ${name}`);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${name}: the server answered ${response.status}`);
  return { url, text: await response.text() };
}
