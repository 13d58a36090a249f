// SPDX-License-Identifier: MIT
/** The page of a feature in the guide, and what its links lead to. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import type { PlaygroundPage } from './playground-page.js';

const ROOT = join(import.meta.dirname, '../..');

export class FeaturePage {
  constructor(private readonly playground: PlaygroundPage) {}

  /** The links under a heading. */
  links(heading: 'Lessons' | 'Patches' | 'Tests'): Locator {
    const { guide, page } = this.playground;
    return guide
      .locator('section')
      .filter({ has: page.getByRole('heading', { level: 3, name: heading }) })
      .getByRole('listitem')
      .getByRole('link');
  }

  /** Opens the page of an id: it has all that the tree has of it, and each link opens what it names. */
  async leadsToAllOf(id: string): Promise<void> {
    await this.playground.goto(`#/${id}`);
    await expect(this.playground.guideHeading(new RegExp(`^${id} .* Done$`))).toBeVisible();
    for (const heading of ['Lessons', 'Patches', 'Tests'] as const) {
      const links = this.links(heading);
      await expect(links).toHaveCount(filesOf(id)[heading]);
      for (const link of await links.all())
        await this.opens(link, heading === 'Tests' ? 'images/tests/' : '');
    }
  }

  /** Follows a link to a page whose heading is the link's text, behind `folder`; and comes back. */
  private async opens(link: Locator, folder: string): Promise<void> {
    const { guide, failure, page } = this.playground;
    const name = await link.innerText();
    await link.click();
    await expect(guide.getByRole('heading', { level: 2 })).toHaveText(`${folder}${name}`);
    await expect(failure).toBeHidden();
    await page.goBack();
    await expect(link).toBeVisible();
  }
}

/** How many files of each kind the tree has for an id. */
function filesOf(id: string): Record<'Lessons' | 'Patches' | 'Tests', number> {
  const own = (names: string[]) => names.filter((name) => name.startsWith(`${id}-`)).length;
  const list = (folder: string) => readdirSync(join(ROOT, folder));
  const series = readFileSync(join(ROOT, 'kernel-build/patches/series'), 'utf8');
  return {
    Lessons: own(list('web/src/lessons')),
    Patches: own(series.split('\n')),
    Tests: own([...list('images/tests'), ...list('images/tests/debug')]),
  };
}
