// SPDX-License-Identifier: MIT
/** As many contexts as root likes to show: here files in the place of the kernel's. */
import { seriousFindings } from '../axe.js';
import { expect, test } from '../fixtures.js';

const FIRST = 2000;
const LAST = 2400;
/** Files of a size that the page still shows, all words. */
const LONG = 'yes word | head -c 65000 > /tmp/long; for i in $(seq 10); do cp /tmp/long long$i; done';
const STATUS = 'UseCnt:\\t1\\nTasks:\\t0\\nFlags:\\t0000000300000010\\n';

for (const colorScheme of ['dark', 'light'] as const)
  for (const size of [
    { width: 1440, height: 900 },
    { width: 360, height: 740 },
  ])
    test(`one of many is found by keys, and they do not hold the page up, ${colorScheme}, ${size.width} px`, async ({
      playground,
      page,
    }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      await playground.open();
      const { exitCode, stderr } = await playground.exec(
        `mount -t tmpfs none /proc/virtual && cd /proc/virtual && ${LONG} && mkdir $(seq ${FIRST} ${LAST}) &&
         for xid in [0-9]*; do printf '${STATUS}' > $xid/status; done`,
      );
      expect(exitCode, stderr).toBe(0);
      if (size.width < 800) await playground.show('Panels');
      const panel = page.getByRole('region', { name: 'Contexts' });
      await expect(panel).toContainText('… and 102 more contexts');
      const find = panel.getByRole('textbox', { name: 'Find by xid' });
      expect(await seriousFindings(page)).toEqual([]);
      expect(await playground.overflow()).toBe(0);
      await page.screenshot({ path: test.info().outputPath('many.png') });
      await find.fill(String(LAST));
      await expect(panel.getByRole('status')).toHaveText('1 found.');
      await find.press('Tab');
      await page.keyboard.press('Tab');
      await expect(
        playground.context(LAST).getByRole('button', { name: String(LAST), exact: true }),
      ).toBeFocused();
      await page.screenshot({ path: test.info().outputPath('found.png') });
      await find.fill('7');
      await expect(panel.getByRole('status')).toHaveText('No context has an xid that begins so.');
      if (size.width < 800) await playground.show('Terminal');
      await page.getByRole('button', { name: 'Open a terminal in …' }).click();
      await page.getByText('… and 101 more contexts.').scrollIntoViewIfNeeded();
      expect(await seriousFindings(page)).toEqual([]);
      await page.screenshot({ path: test.info().outputPath('places.png') });
    });
