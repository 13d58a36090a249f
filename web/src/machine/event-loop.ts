// SPDX-License-Identifier: MIT
/** How v86 takes turns with the rest of its thread, told to do so at less cost. */

/** What v86 has and its types do not tell: `yield` has its main loop called again in `ms`, at once when that is less than 1. */
export interface EventLoop {
  yield(ms: number, tick: number): void;
}

/**
 * v86 looks for this in the address of its script: it then takes turns by `scheduler.postTask`, where there is one, and not by
 * messages to and from a second Worker, for each of which two threads wake.
 */
export const TURNS_BY_TASKS = '#use-scheduling-api';

/**
 * A halted guest is to be woken in 9.4 ms. A browser's timer takes whole milliseconds and drops the rest, so that v86 wakes after 9
 * and then asks to be called at once, some thirty times, until the interrupt is due: with 100 ticks a second this was half of
 * what the Worker of a quiet page cost. Woken after 10 it asks once.
 */
export function sleepWholeMilliseconds(loop: EventLoop): void {
  const wait = loop.yield.bind(loop);
  loop.yield = (ms, tick) => wait(Math.ceil(ms), tick);
}
