// SPDX-License-Identifier: MIT
/**
 * Chromium as a reader has it. Playwright tells every page that it is in front, so a page that is to be hidden needs a browser
 * without it: this one is driven over DevTools' pipe, and a tab is hidden by another one before it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { CHROMIUM } from '../e2e/chromium.ts';

export interface Tab {
  /** The process of the browser, to which all its others belong. */
  readonly pid: number;
  /** The value of an expression in the page, awaited. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Brings another tab before it. */
  readonly hide: () => Promise<void>;
}

interface Message {
  id?: number;
  method?: string;
  error?: { message: string };
  result?: Record<string, unknown>;
}

interface DevTools {
  send(method: string, parameters: object, sessionId?: string): Promise<Record<string, unknown>>;
  /** Resolves with the next event of that name. */
  event(method: string): Promise<unknown>;
}

/** Starts a browser with one tab on `url` for `use`, and ends it. */
export async function inPlainChromium<T>(url: string, use: (tab: Tab) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'vserver-chromium-'));
  const child = spawn(
    CHROMIUM.executablePath,
    [...CHROMIUM.args, '--headless', '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    const tools = devTools(child.stdio[3] as Writable, child.stdio[4] as Readable);
    const ended = exited.then(() => Promise.reject(new Error('Chromium ended by itself')));
    return await Promise.race([ended, openTab(tools, child.pid!, url).then(use)]);
  } finally {
    process.kill(-child.pid!, 'SIGKILL'); // its group: the processes below it end with it
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function openTab(tools: DevTools, pid: number, url: string): Promise<Tab> {
  const { targetId } = await tools.send('Target.createTarget', { url: 'about:blank' });
  const attached = await tools.send('Target.attachToTarget', { targetId, flatten: true });
  const session = attached['sessionId'] as string;
  await tools.send('Page.enable', {}, session);
  const loaded = tools.event('Page.loadEventFired');
  await tools.send('Page.navigate', { url }, session);
  await loaded;
  return {
    pid,
    evaluate: async (expression) => {
      const parameters = { expression, awaitPromise: true, returnByValue: true };
      const answer = await tools.send('Runtime.evaluate', parameters, session);
      if (answer['exceptionDetails'])
        throw new Error(`${expression}: ${JSON.stringify(answer['exceptionDetails'])}`);
      return (answer['result'] as { value: unknown }).value;
    },
    hide: async () => {
      const other = await tools.send('Target.createTarget', { url: 'about:blank' });
      await tools.send('Target.activateTarget', other);
    },
  };
}

/** Messages are JSON that ends in a zero byte, both ways. */
function devTools(to: Writable, from: Readable): DevTools {
  const answers = new Map<number, (message: Message) => void>();
  const events = new Map<string, (message: Message) => void>();
  let text = '';
  let lastId = 0;
  from.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (text + chunk).split('\0');
    text = messages.pop() ?? '';
    for (const message of messages.map((one) => JSON.parse(one) as Message)) {
      answers.get(message.id ?? 0)?.(message);
      events.get(message.method ?? '')?.(message);
    }
  });
  return {
    send: (method, params, sessionId) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        answers.set(id, ({ error, result }) => {
          answers.delete(id);
          if (error) reject(new Error(`${method}: ${error.message}`));
          else resolve(result ?? {});
        });
        to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
      }),
    event: (method) => new Promise((resolve) => events.set(method, resolve)),
  };
}
