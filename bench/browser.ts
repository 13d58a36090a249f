// SPDX-License-Identifier: MIT
/** The built page in a Chromium that knows nothing of it yet, over a server that counts what it sends. */
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { CHROMIUM } from '../e2e/chromium.ts';
import { PlaygroundPage } from '../e2e/pages/playground-page.ts';
import { ROOT, ScriptError } from '../scripts/lib/project.ts';
import { addressOf, serveFolder } from '../scripts/lib/static-server.ts';

const SITE = join(ROOT, 'web/dist');
const PROBE = join(import.meta.dirname, 'page-probe.js');

/** What page-probe.js can be asked. */
interface Probe {
  started(): { ms: number; instructions: number };
  prompted(): number;
  longestTask(): number;
  watch(ms: number): { longest: number; over: number; late: number };
  output(path: string, mark: string): number;
  echoes(count: number): number[];
  interrupt(): number;
  lesson(name: string, title: string): number;
  step(command: string, slug: string, state: string): number;
  startOver(): number;
  pace(ms: number, counter: string): Pace;
}

/** What the guest gets done in a second. */
export interface Pace {
  readonly turns: number;
  readonly instructions: number;
}

declare const window: { probe: Record<string, (...values: unknown[]) => unknown> };

export interface Visit {
  readonly page: Page;
  readonly playground: PlaygroundPage;
  /** Asks page-probe.js. */
  readonly probe: <K extends keyof Probe>(
    name: K,
    ...values: Parameters<Probe[K]>
  ) => Promise<ReturnType<Probe[K]>>;
  /** Bytes that the server has sent in this visit, headers included. */
  readonly transferred: () => number;
}

export interface Surroundings {
  readonly browser: Browser;
  /** The process of the browser, to which all its others belong. */
  readonly pid: number;
  /** Opens the page with an empty cache, hands it to `use` when its machine answers, and closes it. */
  readonly visit: <T>(query: string, use: (visit: Visit) => Promise<T>) => Promise<T>;
}

/** Starts server and browser for `use`, and ends both. */
export async function inChromium<T>(use: (surroundings: Surroundings) => Promise<T>): Promise<T> {
  if (!existsSync(join(SITE, 'machine/snapshot.json')))
    throw new ScriptError('web/dist has no machine in it; run: npm run build');
  const server = await serveFolder(SITE, { host: '127.0.0.1', port: 0 });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  const host = await chromium.launchServer(CHROMIUM);
  const browser = await chromium.connect(host.wsEndpoint());
  const visit: Surroundings['visit'] = async (query, useVisit) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.addInitScript({ path: PROBE });
    const playground = new PlaygroundPage(page, addressOf(server));
    const sent = (): number => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0);
    const before = sent();
    try {
      await playground.goto(query);
      return await useVisit({ page, playground, probe: probeOf(page), transferred: () => sent() - before });
    } finally {
      await context.close();
      if (problems.length > 0) console.error(`bench: the page threw: ${problems.join('; ')}`);
    }
  };
  try {
    return await use({ browser, pid: host.process().pid!, visit });
  } finally {
    await browser.close();
    await host.close();
    server.closeAllConnections();
    server.close();
  }
}

function probeOf(page: Page): Visit['probe'] {
  return (name, ...values) =>
    page.evaluate(([method, given]) => window.probe[method]!(...given), [
      name,
      values,
    ] as const) as Promise<never>;
}
