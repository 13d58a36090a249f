// SPDX-License-Identifier: MIT
import { createRawSnippet } from 'svelte';
import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import PanelBoundary from './PanelBoundary.svelte';

test('a panel that throws is told in its place, and comes back when it is asked for', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  let broken = true;
  const children = createRawSnippet(() => ({
    render: () => {
      if (broken) throw new Error('two rows with one key');
      return '<p>rows</p>';
    },
  }));
  await render(PanelBoundary, { title: 'Contexts', children });
  const alert = page.getByRole('alert', { name: 'Contexts' });
  await expect
    .element(alert)
    .toHaveTextContent('This panel has stopped. The machine runs on. two rows with one key');
  expect(logged).toHaveBeenCalledOnce();
  broken = false;
  await alert.getByRole('button', { name: 'Show it again' }).click();
  await expect.element(page.getByText('rows')).toBeVisible();
  await expect.element(alert).not.toBeInTheDocument();
});
