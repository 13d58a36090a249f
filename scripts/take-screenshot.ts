// SPDX-License-Identifier: MIT
/**
 * Takes docs/screenshot.png, the README's picture, of the built page (npm run build) with two contexts in it.
 * Usage: tsx scripts/take-screenshot.ts
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { CHROMIUM } from '../e2e/chromium.js';
import { PlaygroundPage } from '../e2e/pages/playground-page.js';
import { Site } from '../e2e/site.js';
import { ROOT, runScript } from './lib/project.js';

const FILE = join(ROOT, 'docs/screenshot.png');
const COMMANDS = [
  'vserver web build -m busybox --context 100 && vserver web start',
  'chcontext --silent --xid 42 --disconnect sleep 1000',
  'vserver web exec cat /proc/self/vinfo',
  "vps -o pid,args | grep -v '[]]$'",
  'vserver-stat',
];

runScript('take-screenshot', async () => {
  const site = new Site();
  await site.start();
  const browser = await chromium.launch(CHROMIUM);
  const page = await browser.newPage({ viewport: { width: 1440, height: 810 }, colorScheme: 'dark' });
  const playground = new PlaygroundPage(page, site.url);
  await playground.open('#/lesson/tour-first-vserver');
  for (const [index, command] of COMMANDS.entries()) {
    await playground.command(command);
    await playground.promptNumber(index + 2);
  }
  await playground.treeItem('100/').click();
  await playground.proc.getByRole('treeitem', { level: 3, name: 'status' }).click();
  await playground.procContents.getByText('Tasks:').waitFor();
  await page.screenshot({ path: FILE });
  await browser.close();
  site.stop();
  console.log(`${FILE}: ${(statSync(FILE).size / 1024).toFixed(0)} KiB`);
});
