// SPDX-License-Identifier: MIT
import { expect, test } from '../fixtures.js';
import type { Site } from '../site.js';

const SNAPSHOT = '/machine/snapshot.zst';

test('the page restores the snapshot and shows a prompt', async ({ playground, page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await playground.open();
  await expect(playground.status).toHaveText('Running');
  await expect(playground.notice).toBeHidden();
  expect(fetched).toContain(SNAPSHOT);
  // The kernel and the initramfs are in the snapshot.
  expect(fetched).not.toContain('/machine/bzImage');
  expect(fetched).not.toContain('/machine/initramfs.gz');
});

test('a forced cold boot comes to a prompt and says what it is', async ({ playground }) => {
  await playground.open('?boot=cold');
  await expect(playground.status).toHaveText('Running (cold boot)');
  await expect(playground.notice).toContainText('you asked for it');
});

test('after a restore the clock is right and randomness is new', async ({ playground }) => {
  await playground.open();
  const seconds = Number((await playground.exec('date +%s')).stdout);
  expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(5);
  const random = 'head -c 16 /dev/urandom | md5sum';
  const first = (await playground.exec(random)).stdout;
  await playground.reset();
  const second = (await playground.exec(random)).stdout;
  expect(second).not.toBe(first);
});

test('after Reset the terminal has the keys', async ({ playground, page }) => {
  await playground.open();
  await playground.command('echo before $((40 + 2))');
  await expect(playground.screen).toContainText('before 42');
  await playground.wayBack.click();
  await expect(playground.screen).not.toContainText('before 42');
  await playground.prompt();
  await page.keyboard.type('echo again $((40 + 2))\n');
  await expect(playground.screen).toContainText('again 42');
});

const UNUSABLE = [
  {
    what: 'not described',
    says: 'snapshot.json: the server',
    spoil: (site) => site.remove('/machine/snapshot.json'),
  },
  { what: 'missing', says: 'snapshot.zst: the server answered 404', spoil: (site) => site.remove(SNAPSHOT) },
  {
    what: 'a page',
    says: '200 with an HTML page',
    spoil: (site) =>
      site.replace(SNAPSHOT, (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Welcome</title>');
      }),
  },
  {
    what: 'truncated',
    says: 'ended after',
    spoil: (site) => site.alter(SNAPSHOT, (bytes) => bytes.subarray(0, -1000)),
  },
  { what: 'broken off', says: 'broken off', spoil: (site) => site.breakOff(SNAPSHOT) },
  {
    what: 'altered',
    says: 'sha256',
    spoil: (site) =>
      site.alter(SNAPSHOT, (bytes) => {
        const copy = Buffer.from(bytes);
        copy[copy.length >> 1]! ^= 1;
        return copy;
      }),
  },
  {
    what: 'of another v86',
    says: 'it was saved by v86 0.0.1',
    spoil: (site) => site.alterJson('/machine/snapshot.json', { v86: '0.0.1' }),
  },
  {
    what: 'of another machine',
    says: 'it is of another machine',
    spoil: (site) => site.alterJson('/machine/snapshot.json', { key: '0'.repeat(64) }),
  },
] satisfies { what: string; says: string; spoil: (site: Site) => void }[];

test.describe('a snapshot that cannot be used leads to a cold boot', () => {
  test.use({ expectedErrors: [/Failed to load resource/] });
  for (const { what, says, spoil } of UNUSABLE) {
    test(what, async ({ playground, site }) => {
      spoil(site);
      await playground.open();
      await expect(playground.status).toHaveText('Running (cold boot)');
      await expect(playground.notice).toContainText(says);
    });
  }
});
