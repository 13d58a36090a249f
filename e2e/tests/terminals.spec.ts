// SPDX-License-Identifier: MIT
/** Several terminals in panes. */
import { seriousFindings } from '../axe.js';
import { test as base, expect } from '../fixtures.js';
import { PROMPT } from '../pages/playground-page.js';
import { TerminalsPage } from '../pages/terminals.js';

const XID = 77;
const PHONE = { width: 360, height: 740 };
const WIDE = { width: 1440, height: 900 };

const test = base.extend<{ terminals: TerminalsPage }>({
  terminals: async ({ playground }, use) => {
    await playground.open();
    await use(new TerminalsPage(playground));
  },
});

test('each pane is a terminal of its own, of the size that its guest says, also after a bar has moved', async ({
  terminals,
  playground,
  page,
}) => {
  const whole = await terminals.size('whole');
  await page.keyboard.press('Control+Shift+E');
  await playground.prompt();
  await expect(terminals.seen).toHaveCount(2);
  const right = await terminals.size('right');
  expect(right.cols).toBeLessThan(whole.cols / 2);
  await page.keyboard.press('Control+Shift+O');
  await playground.prompt();
  const below = await terminals.size('below');
  expect(below.cols).toBe(right.cols);
  expect(below.rows).toBeLessThan(right.rows / 2);
  expect(below.rows).toBe(await terminals.rowsDrawn('Shell 3'));

  const [upright, lying] = [terminals.bars.first(), terminals.bars.last()];
  await upright.focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press('ArrowLeft');
  await expect(upright).toHaveAttribute('aria-valuenow', '35');
  await expect.poll(async () => (await terminals.size('keys')).cols).toBeGreaterThan(below.cols);
  const byKeys = await terminals.size('then');
  await terminals.drag(upright, 100, 0);
  await expect.poll(async () => (await terminals.size('across')).cols).toBeLessThan(byKeys.cols);
  await terminals.drag(lying, 0, -100);
  await expect.poll(async () => (await terminals.size('down')).rows).toBeGreaterThan(below.rows);
});

test('each pane has a shell of its own, and one that is flooded does not keep another from answering', async ({
  terminals,
  playground,
  page,
}) => {
  await playground.command('yes');
  await expect(playground.screen).toContainText(/(y\s*){20}/);
  await page.keyboard.press('Control+Shift+E');
  await playground.prompt();
  await playground.command('echo answered $((40 + 2))');
  await expect(playground.screen).toContainText('answered 42');
  await page.keyboard.press('Control+Shift+ArrowLeft');
  await page.keyboard.press('Control+c');
  await playground.prompt();
  await expect(terminals.seen).toHaveCount(2);
});

test('what runs in a pane goes on when another comes and goes', async ({ terminals, playground, page }) => {
  await playground.command('echo reads $((40 + 2)); cat > /tmp/kept; echo kept $((40 + 2))');
  await expect(playground.screen).toContainText('reads 42');
  await page.keyboard.type('before\n');
  await expect(playground.screen).toContainText('before');
  await page.keyboard.press('Control+Shift+E');
  await playground.prompt();
  await expect(terminals.seen).toHaveCount(2);
  await page.keyboard.press('Control+Shift+X');
  await expect(terminals.seen).toHaveCount(1);
  await expect(terminals.input('Shell 1')).toBeFocused();
  await page.keyboard.type('after\n');
  await page.keyboard.press('Control+d');
  await expect(playground.screen).toContainText('kept 42');
  expect((await playground.exec('cat /tmp/kept')).stdout).toBe('before\nafter\n');
});

test('top fills its pane, also when that becomes narrower, lower, and as large again', async ({
  terminals,
  playground,
  page,
}) => {
  // More than a screen has rows, each with a command line that is longer than a row.
  await playground.exec(
    'for i in $(seq 60); do sleep 100000 $(seq 100 200) </dev/null >/dev/null 2>&1 & done',
  );
  const whole = await terminals.size('whole');
  await playground.command('top -d 1');
  await expect.poll(() => terminals.sizeOfTop('Shell 1')).toEqual(whole);

  /** After a change of the pane: what the guest was told, and what the page draws, is what top fills. */
  const filled = async (side: 'rows' | 'cols', isSo: (now: number) => boolean) => {
    await expect.poll(async () => isSo((await terminals.sizeOfTop('Shell 1'))[side])).toBe(true);
    await expect
      .poll(async () => {
        const told = (await playground.exec('stty size < /dev/pts/0')).stdout.trim();
        const { rows, cols } = await terminals.sizeOfTop('Shell 1');
        return told === `${rows} ${cols}` && rows === (await terminals.rowsDrawn('Shell 1'));
      })
      .toBe(true);
  };
  await page.keyboard.press('Control+Shift+E');
  await filled('cols', (now) => now > 0 && now < whole.cols / 2);
  await page.keyboard.press('Control+Shift+X');
  await filled('cols', (now) => now === whole.cols);
  await page.keyboard.press('Control+Shift+O');
  await filled('rows', (now) => now > 0 && now < whole.rows / 2);
  await page.keyboard.press('Control+Shift+X');
  await filled('rows', (now) => now === whole.rows);
});

test('by keys alone: into a context, into panes, from one to the next, and out', async ({
  terminals,
  playground,
  page,
}) => {
  const { keyboard } = page;
  await playground.exec(`chcontext --xid ${XID} --disconnect -- sleep 100000`);
  await playground.waitFor(`ctx(${XID}).tasks == 1`);
  await keyboard.press('Control+Shift+Enter');
  await expect(terminals.terminal('Shell 1')).toBeFocused();
  for (let stop = 0; stop < 3; stop++) await keyboard.press('Shift+Tab');
  await expect(terminals.placesButton).toBeFocused();
  await keyboard.press('Enter');
  await terminals.button(`In context ${XID}`).waitFor();
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await expect(terminals.button(`In context ${XID}`)).toBeFocused();
  await keyboard.press('Enter');
  await expect(terminals.input(`context ${XID}`)).toBeFocused();
  await keyboard.type('grep XID /proc/self/vinfo\n');
  await expect(playground.screen).toContainText(new RegExp(`XID:\\s*${XID}`));

  await keyboard.press('Control+Shift+O');
  await expect(terminals.input('Shell 3')).toBeFocused();
  await playground.prompt();
  await expect(terminals.seen).toHaveCount(2);
  await keyboard.press('Control+Shift+ArrowRight');
  await expect(terminals.input(`context ${XID}`)).toBeFocused();
  await keyboard.type('sleep 5000\n');
  await playground.waitFor(`ctx(${XID}).tasks == 3`);
  await keyboard.press('Control+Shift+X');
  await playground.waitFor(`ctx(${XID}).tasks == 1`);
  await expect(terminals.input('Shell 1')).toBeFocused();

  // Out of the panes by Tab: no terminal keeps it.
  await keyboard.press('Control+Shift+Enter');
  await keyboard.press('Tab');
  for (let stop = 0; stop < 20; stop++) {
    if (await terminals.bars.first().evaluate((bar) => bar === document.activeElement)) break;
    await keyboard.press('Tab');
  }
  await expect(terminals.bars.first()).toBeFocused();
});

test('after a reset the panes are there, each with a prompt; the one of a context that is gone says so, and waits', async ({
  terminals,
  playground,
  page,
}) => {
  await playground.exec(`chcontext --xid ${XID} --disconnect -- sleep 100000`);
  await terminals.openPlaces(XID);
  await terminals.button(`In context ${XID}`).click();
  await playground.prompt();
  await page.keyboard.press('Control+Shift+E');
  await playground.prompt();
  await playground.reset();
  await expect(terminals.seen).toHaveCount(2);
  await expect(terminals.screen('Shell 3')).toContainText(PROMPT);
  await expect(terminals.screen(`context ${XID}`)).toContainText(/There is no context 77.*The shell ended/s);
  await terminals.tab(`context ${XID}`).click();
  await page.keyboard.press('Enter');
  await expect(terminals.screen(`context ${XID}`)).toContainText(/(The shell ended.*){2}/s);
  await terminals.button(`Close context ${XID}`).first().click();
  await expect(terminals.screen('Shell 1')).toContainText(PROMPT);
  await playground.command('echo host $((40 + 2))');
  await expect(playground.screen).toContainText('host 42');
});

test('on a narrow screen one pane is seen, and its bar leads to what is in the others', async ({
  terminals,
  playground,
  page,
}) => {
  await page.keyboard.press('Control+Shift+E');
  await playground.prompt();
  await page.setViewportSize(PHONE);
  await expect(terminals.seen).toHaveCount(1);
  await expect(terminals.bars.filter({ visible: true })).toHaveCount(0);
  await terminals.tab('Shell 1').click();
  await expect(playground.terminal).toHaveAccessibleName('Shell 1');
  await expect(terminals.seen).toHaveCount(1);
  await terminals.tab('Shell 2').click();
  await expect(playground.terminal).toHaveAccessibleName('Shell 2');
  expect(await playground.overflow()).toBe(0);
});

for (const colorScheme of ['dark', 'light'] as const) {
  for (const size of [WIDE, PHONE]) {
    test(`no serious finding with panes and the list of places, ${colorScheme}, ${size.width} px`, async ({
      terminals,
      playground,
      page,
    }, info) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(WIDE);
      await playground.exec(`chcontext --xid ${XID} --disconnect -- sleep 100000`);
      await playground.focusTerminal();
      await page.keyboard.press('Control+Shift+E');
      await playground.prompt();
      await page.keyboard.press('Control+Shift+O');
      await playground.prompt();
      await page.setViewportSize(size);
      expect(await seriousFindings(page)).toEqual([]);
      await terminals.placesButton.filter({ visible: true }).last().click();
      await expect(terminals.button(`In context ${XID}`)).toBeInViewport({ ratio: 1 });
      expect(await seriousFindings(page)).toEqual([]);
      await page.screenshot({ path: info.outputPath(`panes-${colorScheme}-${size.width}.png`) });
    });
  }
}
