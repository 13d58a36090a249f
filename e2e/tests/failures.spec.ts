// SPDX-License-Identifier: MIT
/**
 * Every failure is told in words, and one click leads to a prompt. That it is told within 2 s is held by the clock that the unit
 * tests turn: heartbeat, start-watch and playground.test.ts for what is noticed by silence; playground and load-machine.test.ts
 * for what is told without any timer (console, downloads). Here only the words are held: a guest takes its time to end, and two
 * browsers and two guests share the cores.
 */
import { expect, test } from '../fixtures.js';

const KERNEL = '/machine/bzImage';

test.describe('the machine does not come', () => {
  test.use({ expectedErrors: [/Failed to load resource/] });

  test('the kernel is missing', async ({ playground, site }) => {
    site.remove(KERNEL);
    await playground.goto('?boot=cold');
    await expect(playground.failure).toContainText('could not be downloaded');
    await expect(playground.failure).toContainText(`${KERNEL}: the server answered 404`);
    site.mend(KERNEL);
    await playground.startAgain();
    await playground.prompt();
  });

  test('the download of the kernel is broken off', async ({ playground, site }) => {
    site.breakOff(KERNEL);
    await playground.goto('?boot=cold');
    await expect(playground.failure).toContainText(/bzImage: broken off after \d+ of \d+ bytes/);
    site.mend(KERNEL);
    await playground.startAgain();
    await playground.prompt();
  });

  test('a page stands in place of the kernel', async ({ playground, site }) => {
    site.replace(KERNEL, (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Welcome</title>');
    });
    await playground.goto('?boot=cold');
    await expect(playground.failure).toContainText('something else in place of a file');
    await expect(playground.failure).toContainText('200 with an HTML page');
    site.mend(KERNEL);
    await playground.startAgain();
    await playground.prompt();
  });

  test('the kernel is altered', async ({ playground, site }) => {
    site.alter(KERNEL, (bytes) =>
      Buffer.from(bytes.map((byte, index) => (index === 5000 ? byte ^ 1 : byte))),
    );
    await playground.goto('?boot=cold');
    await expect(playground.failure).toContainText('bzImage: its sha256 is');
    site.mend(KERNEL);
    await playground.startAgain();
    await playground.prompt();
  });

  test('the code of the emulator is altered', async ({ playground, site }) => {
    const wasm = site.asset('v86', '.wasm');
    site.alter(wasm, (bytes) => Buffer.from(bytes.map((byte, index) => (index === 1e6 ? byte ^ 1 : byte))));
    await playground.goto();
    await expect(playground.failure).toContainText(/v86-.*wasm: its sha256 is/);
    site.mend(wasm);
    await playground.startAgain();
    await playground.prompt();
  });

  test('the code of the emulator is missing', async ({ playground, site }) => {
    const wasm = site.asset('v86', '.wasm');
    site.remove(wasm);
    await playground.goto();
    await expect(playground.failure).toContainText('the server answered 404');
    site.mend(wasm);
    await playground.startAgain();
    await playground.prompt();
  });

  test('the description is not one', async ({ playground, site }) => {
    site.alter('/machine/machine.json', () => Buffer.from('{"files":'));
    await playground.goto();
    await expect(playground.failure).toContainText('machine.json: not valid JSON');
    site.mend('/machine/machine.json');
    await playground.startAgain();
    await playground.prompt();
  });

  test('the script of the Worker is missing', async ({ playground, page }) => {
    await page.route(/v86-worker/, (route) => route.abort());
    await playground.goto();
    await expect(playground.failure).toContainText('The emulator stopped');
    await page.unroute(/v86-worker/);
    await playground.startAgain();
    await playground.prompt();
  });
});

test.describe('the page itself does not come', () => {
  test.use({ expectedErrors: [/Failed to load resource|dynamically imported module|Unable to preload CSS/] });
  const PARTS = [
    { what: 'the program of its components is missing', name: 'App', extension: '.js', how: 'remove' },
    { what: 'the program of its components breaks off', name: 'App', extension: '.js', how: 'breakOff' },
    { what: 'their looks are missing', name: 'App', extension: '.css', how: 'remove' },
  ] as const;
  for (const { what, name, extension, how } of PARTS) {
    test(what, async ({ playground, site }) => {
      const part = site.asset(name, extension);
      site[how](part);
      await playground.goto();
      await expect(playground.failure).toContainText('The page could not be shown.');
      await expect(playground.failure).toContainText(/dynamically imported module|preload CSS/);
      site.mend(part);
      await playground.startAgain();
      await playground.prompt();
      await expect(playground.waiting).toBeHidden();
    });
  }

  test('its first program is missing', async ({ playground, site }) => {
    const part = site.asset('index', '.js');
    site.remove(part);
    await playground.goto();
    await expect(playground.waiting).toBeVisible();
    site.mend(part);
    await playground.waiting.getByRole('link', { name: 'Load the page again' }).click();
    await playground.prompt();
  });

  test('its program does not come at first, and is waited for', async ({ playground, site }) => {
    const goOn = site.hold(site.asset('App', '.js'));
    await playground.goto();
    await expect(playground.waiting).toBeVisible();
    goOn();
    await playground.prompt();
    await expect(playground.waiting).toBeHidden();
  });
});

test('a server that does not answer is told, and waited for', async ({ playground, site }) => {
  const goOn = site.hold('/machine/snapshot.zst');
  await playground.goto();
  await expect(playground.failure).toContainText('The download stands still');
  goOn();
  await playground.prompt();
  await expect(playground.failure).toBeHidden();
});

test('a server that never answers need not be waited for', async ({ playground, site }) => {
  site.hold(KERNEL);
  await playground.goto('?boot=cold');
  await expect(playground.failure).toContainText('The download stands still');
  site.mend(KERNEL);
  await playground.startAgain();
  await playground.prompt();
});

test('the Worker closes while the machine comes', async ({ playground, site }) => {
  const goOn = site.hold('/machine/snapshot.zst');
  await playground.goto();
  await expect(playground.failure).toContainText('The download stands still');
  await playground.inWorker(() => close());
  await expect(playground.failure).toContainText('The emulator does not answer');
  goOn();
  await playground.startAgain();
  await playground.prompt();
});

test('the browser has no WebAssembly', async ({ playground, page }) => {
  await page.addInitScript('delete globalThis.WebAssembly');
  await playground.goto();
  await expect(playground.failure).toContainText('does not run WebAssembly');
  await expect(playground.failure.getByRole('button')).toHaveText('Try again');
});

const ENDS = [
  { how: 'a panic', command: 'echo c > /proc/sysrq-trigger', says: 'The kernel panicked' },
  { how: 'reboot', command: 'reboot -f', says: 'The guest rebooted' },
  { how: 'halt', command: 'halt -f', says: 'The guest was switched off' },
  { how: 'poweroff', command: 'poweroff -f', says: 'The guest was switched off' },
  { how: 'reboot by init', command: 'reboot', says: 'The guest rebooted' },
  { how: 'poweroff by init', command: 'poweroff', says: 'The guest was switched off' },
];

for (const { how, command, says } of ENDS) {
  test(`the guest ends by ${how}`, async ({ playground }) => {
    await playground.open();
    await playground.command(command);
    await expect(playground.failure).toContainText(says);
    await playground.startAgain();
    await playground.prompt();
  });
}

test('keys that were meant for the guest do not press the button, and behind it the terminal has them', async ({
  playground,
  page,
}) => {
  await playground.open();
  await playground.command('echo c > /proc/sysrq-trigger');
  await expect(playground.failure).toContainText('The kernel panicked');
  await page.keyboard.type('ls \n');
  await expect(playground.failure).toContainText('The kernel panicked');
  await playground.startAgain();
  await expect(playground.screen).not.toContainText('sysrq');
  await playground.prompt();
  await page.keyboard.type('echo again $((40 + 2))\n');
  await expect(playground.screen).toContainText('again 42');
});

test('process 1 ends', async ({ playground }) => {
  await playground.open();
  await playground.command('kill -ABRT 1');
  await expect(playground.failure).toContainText('Process 1 of the guest ended');
  await playground.startAgain();
  await playground.prompt();
});

test('the agent says nothing any more', async ({ playground }) => {
  await playground.open();
  await playground.execAndForget('kill -STOP $(pidof agent)');
  await expect(playground.failure).toContainText('The guest does not answer');
  await playground.startAgain();
  await playground.prompt();
  await expect(playground.failure).toBeHidden();
});

test('a busy guest is not a silent one', async ({ playground }) => {
  await playground.open();
  for (let i = 0; i < 4; i++) await playground.command('while :; do :; done &');
  // Ten answers in a row take longer than the heartbeat's patience.
  for (let i = 0; i < 10; i++) expect((await playground.exec('sleep 0.2; echo on')).stdout).toBe('on\n');
  await expect(playground.failure).toBeHidden();
});

test("the command of a lesson's check hangs: its step says so, the rest goes on, and it turns done when the cause is gone", async ({
  playground,
}) => {
  const step = (slug: string) => playground.lessonStep(slug);
  await playground.open('#/lesson/1a-core');
  // A shell that hangs where the check wants awk.
  await playground.exec(
    `printf '%s\\n' '#!/bin/busybox sh' 'case "$2" in *awk*) exec sleep 5000;; esac' 'exec /bin/busybox sh "$@"' > /tmp/sh; chmod +x /tmp/sh; mv /tmp/sh /bin/sh`,
  );
  await playground.exec(
    "sh -c 'chcontext --silent --xid 103 -- true & exec tail -f /dev/null' > /dev/null 2>&1 &",
  );
  await playground.exec('chcontext --xid 101 --disconnect -- sleep 1000');
  await expect(step('make-one')).toHaveAttribute('data-state', 'done');
  for (const [command, slug] of [
    [
      "vcontext --migrate --xid 101 --disconnect -- sh -c 'sleep 1001 & sleep 1002 & exec sleep 1003'",
      'children-are-members',
    ],
    ['vkill --xid 101 -s KILL', 'the-last-one-out'],
    ['chcontext --silent --xid 102 --flag persistent -- true', 'one-that-stays'],
  ] as const) {
    await playground.exec(command);
    await expect(step(slug)).toHaveAttribute('data-state', 'done');
  }
  const held = step('gone-and-still-held');
  await expect(held).toContainText('No answer Whether this is done cannot be said now');
  await expect(held).toContainText('did not end within 5 seconds, and was ended');
  await expect(held).toHaveAttribute('data-state', 'open');
  // Another step is looked at, the terminal answers, and of what hung nothing is left.
  await playground.exec("vattribute --xid 102 --flag '~persistent'");
  await expect(step('one-that-stays')).toHaveAttribute('data-state', 'lost');
  await playground.command('echo alive $((40 + 2))');
  await expect(playground.screen).toContainText('alive 42');
  await expect(held).toHaveAttribute('data-state', 'open');
  await playground.exec('ln -sf /bin/busybox /bin/sh');
  await expect(held).toHaveAttribute('data-state', 'done');
  await expect(held).not.toContainText('No answer');
  await expect.poll(async () => (await playground.exec("ps | grep -c '[s]leep 5000'")).stdout).toBe('0\n');
  await expect(playground.failure).toBeHidden();
});

test('the Worker closes', async ({ playground }) => {
  await playground.open();
  await playground.inWorker(() => close());
  await expect(playground.failure).toContainText('The emulator does not answer');
  await playground.startAgain();
  await playground.prompt();
});

test.describe('the Worker throws', () => {
  test.use({ expectedErrors: [/out of order/] });
  test('and it is told', async ({ playground }) => {
    await playground.open();
    await playground.inWorker(() => {
      setTimeout(() => {
        throw new Error('out of order');
      });
    });
    await expect(playground.failure).toContainText('out of order');
    await playground.startAgain();
    await playground.prompt();
  });
});
