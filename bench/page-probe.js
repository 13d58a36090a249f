// SPDX-License-Identifier: MIT
/** Runs in the page before its own scripts: takes the times that only the page can take. `window.probe` is how they are read. */
(() => {
  let playground;
  const started = Promise.withResolvers();
  const prompted = Promise.withResolvers();
  const longTasks = [];

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) longTasks.push({ startTime, duration });
  }).observe({ type: 'longtask', buffered: true });

  /** Asks the guest for a command as soon as the page can be asked at all. */
  async function start() {
    await Promise.resolve(); // the page sets its API first and starts its machine in the next statement
    const { stdout } = await playground.exec('echo answered');
    if (stdout !== 'answered\n') throw new Error(`the guest answered ${JSON.stringify(stdout)}`);
    const ms = performance.now();
    return { ms, instructions: await playground.instructions() };
  }

  Object.defineProperty(window, 'playground', {
    configurable: true,
    get: () => playground,
    set(value) {
      playground = value;
      start().then(started.resolve, started.reject);
    },
  });

  /** Resolves with the time at which the document is as `isThere` wants it. */
  function whenThere(isThere) {
    return new Promise((resolve) => {
      const look = () => {
        if (!isThere()) return;
        observer.disconnect();
        resolve(performance.now());
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      look();
    });
  }

  /** Resolves with the time at which the terminal shows what `isThere` looks for in its text. */
  function whenShown(isThere) {
    return whenThere(() => {
      const rows = [...document.querySelectorAll('.terminal.active .xterm-rows > div')];
      return rows.some((row) => isThere(row.textContent.trim()));
    });
  }
  whenShown((line) => line.endsWith(':~#')).then(prompted.resolve);

  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  window.probe = {
    /** Milliseconds from navigation to the first answered command, and guest instructions until then. */
    started: () => started.promise,
    /** Milliseconds from navigation to the first prompt on the screen. */
    prompted: () => prompted.promise,

    /** The longest task of the main thread since navigation that the browser calls long (50 ms or more); 0 without one. */
    longestTask: () => Math.max(0, ...longTasks.map(({ duration }) => duration)),

    /** Watches the main thread: the longest of its long tasks, how many there were, and by how much a timer was late at worst. */
    async watch(ms) {
      const begin = performance.now();
      let late = 0;
      for (let now = begin; now < begin + ms;) {
        await sleep(4);
        const then = performance.now();
        late = Math.max(late, then - now - 4);
        now = then;
      }
      const seen = longTasks.filter(({ startTime }) => startTime >= begin);
      return { longest: Math.max(0, ...seen.map(({ duration }) => duration)), over: seen.length, late };
    },

    /** Types a command that prints `path` and then `mark`; milliseconds until the mark is on the screen. */
    async output(path, mark) {
      const shown = whenShown((line) => line === mark);
      const begin = performance.now();
      playground.write(`clear; cat ${path}; echo ${mark[0]}''${mark.slice(1)}\r`);
      return (await shown) - begin;
    },

    /** Types so many keys at a prompt, each when the one before is on the screen; milliseconds that each took. */
    async echoes(count) {
      const times = [];
      for (let typed = 1; typed <= count; typed++) {
        const shown = whenShown((line) => line.endsWith(`# ${'x'.repeat(typed)}`));
        const begin = performance.now();
        playground.write('x');
        times.push((await shown) - begin);
      }
      return times;
    },

    /** Interrupts what floods the terminal; milliseconds until there is a prompt. */
    async interrupt() {
      const shown = whenShown((line) => line.endsWith(':~#'));
      const begin = performance.now();
      playground.write('\x03');
      return (await shown) - begin;
    },

    /** Goes to a lesson; milliseconds until its title stands there and has been drawn. */
    async lesson(name, title) {
      const shown = whenThere(() => document.querySelector('#lesson-title')?.textContent === title);
      const begin = performance.now();
      location.hash = `#/lesson/${name}`;
      await shown;
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      return performance.now() - begin;
    },

    /** Runs a command; milliseconds from its asking until the step of the lesson is in that state. */
    async step(command, slug, state) {
      const shown = whenThere(() => document.querySelector(`[data-step="${slug}"]`)?.dataset.state === state);
      const begin = performance.now();
      const { exitCode, stderr } = await playground.exec(command);
      if (exitCode !== 0) throw new Error(`${command}: ${stderr}`);
      return (await shown) - begin;
    },

    /** Presses "Start over" of the lesson; milliseconds until the guest answers and has no trace of what was done before. */
    async startOver() {
      await playground.exec('touch /tmp/before');
      const begin = performance.now();
      [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Start over').click();
      for (;;) {
        // A machine that is being put back refuses.
        const { exitCode } = await playground.exec('test -e /tmp/before').catch(() => ({}));
        if (exitCode === 1) return performance.now() - begin;
        await sleep(1);
      }
    },

    /** What the guest gets done in about `ms`: instructions and turns of the spinning program, a second. */
    async pace(ms, counter) {
      const read = async () => {
        const bytes = await playground.readFile(counter);
        const turnsAt = performance.now();
        const turns = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
        const instructions = await playground.instructions();
        return { turns, turnsAt, instructions, instructionsAt: performance.now() };
      };
      const before = await read();
      await sleep(ms);
      const after = await read();
      return {
        turns: ((after.turns - before.turns) * 1000) / (after.turnsAt - before.turnsAt),
        instructions:
          ((after.instructions - before.instructions) * 1000) /
          (after.instructionsAt - before.instructionsAt),
      };
    },
  };
})();
