// SPDX-License-Identifier: MIT
/** Runs one test file in a guest that has Perl and the tests, and tells its checks as they come. */
import { type AgentClient, type CancelSignal, SessionLostError } from './agent-client.js';
import { endingFaults, guestPath, testCommand } from './guest-tests.js';
import { TapParser, type TapLimits, type TapTally } from './tap-parser.js';
import { decodeUtf8, encodeUtf8, Utf8Stream } from './utf8.js';

/** How long a test file may run, as scripts/prove gives it on v86. */
export const TEST_LIMIT_S = 300;
/** The longest test of the series prints 0.3 MB. */
const CAP_BYTES = 8 * 1024 * 1024;
/** No test of the series comes near any of these. */
const KEPT: TapLimits = {
  line: 8192,
  passed: 10_000,
  failed: 10_000,
  diagnostics: 10_000,
  problems: 1_000,
};
const KEPT_STDERR_BYTES = 64 * 1024;

export interface TestText {
  /** Below images/tests. */
  readonly file: string;
  /** What the file is to say, with its last newline. */
  readonly text: string;
}

export interface TestReport extends TapTally {
  /** What is wrong besides checks that failed, as sentences. */
  readonly faults: readonly string[];
  /** What of it was not kept, as sentences; nothing is wrong with it for that. */
  readonly notes: readonly string[];
  readonly stderr: string;
  /** `stopped`: as the reader asked; `lost`: the session with the guest ended under it. */
  readonly end: 'ended' | 'stopped' | 'lost';
}

export interface TestHearing {
  readonly signal: CancelSignal;
  /** Hears that more has come. What it hears of goes on growing; the last check may get more diagnostics. */
  readonly onTests: (tally: TapTally) => void;
}

/** Writes the test and runs it. Throws when the guest refuses either; that it goes away is an end like others. */
export async function runTest(
  agent: AgentClient,
  { file, text }: TestText,
  { signal, onTests }: TestHearing,
): Promise<TestReport> {
  const parser = new TapParser(KEPT);
  const printed = new Utf8Stream();
  const onOutput = (stream: 'stdout' | 'stderr', bytes: Uint8Array): void => {
    if (stream !== 'stdout') return;
    parser.feed(printed.push(bytes));
    onTests(parser);
  };
  try {
    await agent.writeFile(guestPath(file), encodeUtf8(text), { mode: 0o755 });
    const result = await agent.exec(testCommand({ file, machine: 'v86', abi: 'i386' }), {
      timeoutMs: TEST_LIMIT_S * 1000,
      capBytes: CAP_BYTES,
      signal,
      onOutput,
    });
    parser.feed(printed.end());
    const ending = endingFaults(result, TEST_LIMIT_S);
    const capped = result.stdoutCapped || result.stderrCapped ? [CAPPED] : [];
    const { problems, notes, ...tally } = parser.finish();
    const { stderr, lost } = keptStderr(result.stderr);
    const report = { ...tally, notes: [...notes, ...lost], stderr };
    // One that was stopped did not come to its plan, and that says nothing of it.
    if (result.reason === 'cancelled') return { ...report, faults: ending, end: 'stopped' };
    return { ...report, faults: [...problems, ...capped, ...ending], end: 'ended' };
  } catch (error) {
    if (!(error instanceof SessionLostError)) throw error;
    const { tests, passed, failed, notes } = parser.finish();
    return { ...LOST, tests, passed, failed, notes };
  }
}

function keptStderr(bytes: Uint8Array): { stderr: string; lost: string[] } {
  const lost = bytes.length - KEPT_STDERR_BYTES;
  return {
    stderr: decodeUtf8(bytes.subarray(0, KEPT_STDERR_BYTES)),
    lost: lost > 0 ? [`Bytes of standard error that are not kept: ${lost}.`] : [],
  };
}

const CAPPED = `It printed more than ${CAP_BYTES / 1024 / 1024} MiB; what came after is missing.`;

const NOTHING = { tests: [], passed: 0, failed: 0, faults: [], notes: [], stderr: '' };

/** A run that the guest went away under; who knows why says so. */
export const LOST: TestReport = { ...NOTHING, end: 'lost' };

/** A run that came to no check, because it was stopped before. */
export const STOPPED: TestReport = { ...NOTHING, faults: ['It was stopped.'], end: 'stopped' };

/** How a run went, in words: `failed` is how many of its checks failed, `failure` why it did not run. */
export function verdictOf(run: {
  readonly report: TestReport | undefined;
  readonly failed: number;
  readonly failure: string | undefined;
}): Verdict {
  if (run.failure !== undefined) return 'It could not run';
  if (run.report?.end === 'stopped') return 'Stopped';
  if (run.report?.end === 'lost') return 'Broken off';
  return run.failed === 0 && run.report?.faults.length === 0 ? 'Passed' : 'Failed';
}
export type Verdict = 'It could not run' | 'Stopped' | 'Broken off' | 'Passed' | 'Failed';

/** A message around the words `line N` that name a line of the test, if any do. */
export interface SplitMessage {
  readonly before: string;
  readonly line: number | undefined;
  readonly after: string;
}

/** Splits diagnostics and messages of Perl that name a line of `file`: `failed at 1c-proc.t line 33`. */
export function messageSplitter(file: string): (message: string) => SplitMessage {
  const name = file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const place = new RegExp(`(?:^|[\\s/])${name} (line (\\d+))`);
  return (message) => {
    const found = place.exec(message);
    if (!found) return { before: message, line: undefined, after: '' };
    const [whole, words = '', line] = found;
    const end = found.index + whole.length;
    return {
      before: message.slice(0, end - words.length),
      line: Number(line),
      after: message.slice(end),
    };
  };
}
