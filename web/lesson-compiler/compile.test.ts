// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { compileLesson } from './compile.js';
import { LessonError } from './problems.js';

const PLAN = [
  { id: '1a', slug: 'core' },
  { id: '1b', slug: 'syscall' },
];

const LESSON = `---
title: Contexts
summary: What they are.
minutes: 8
needs: tour-first, 1b-syscall
---

The **kernel** has a *list*,
and \`ls\` shows it.

- one
- [two](https://example.org/)

## Make one

\`\`\`sh run
chcontext --xid 100 --disconnect -- sleep 1000
ls /proc/virtual
\`\`\`

\`\`\`text
anything < at all
\`\`\`

\`\`\`check
ctx(100) exists
\`\`\`

\`\`\`answer
chcontext --xid 100 --disconnect -- sleep 1000
\`\`\`

## End it

\`\`\`sh run terminal=guest
exit
\`\`\`

\`\`\`check undoes=make-one
not ctx(100) exists
\`\`\`

\`\`\`hint when file("/tmp/\\.x") matches /\\./
Say \`exit\`.
\`\`\`

\`\`\`answer
vkill --xid 100 -s KILL
\`\`\`

---

That is all.
`;

/** Refuses a predicate at the first `bad`. */
function checkPredicate(text: string): void {
  const at = text.indexOf('bad');
  if (at >= 0) throw Object.assign(new Error('"bad" is no predicate'), { column: at + 1 });
}

/** Knows one page of tests and one patch. */
function checkLink(address: string): void {
  if (!/^#\/1a\/(test$|patches\/x\.patch)/.test(address))
    throw new Error(`${address}: there is no such page`);
}

function compile(source: string, folder = '1a-core') {
  return compileLesson(source, `lessons/${folder}/index.md`, { checkPredicate, checkLink, plan: PLAN });
}

/** What is said of a lesson that is wrong, without its path. */
function complaints(source: string, folder?: string): string[] {
  try {
    compile(source, folder);
  } catch (error) {
    if (error instanceof LessonError) return error.problems.map(({ line, message }) => `${line}: ${message}`);
    throw error;
  }
  return [];
}

describe('compileLesson', () => {
  it('reads the head', () => {
    expect(compile(LESSON)).toMatchObject({
      name: '1a-core',
      id: '1a',
      slug: 'core',
      title: 'Contexts',
      summary: 'What they are.',
      minutes: 8,
      needs: ['tour-first', '1b-syscall'],
      stepCount: 2,
    });
  });

  it('makes a tree of the prose', () => {
    expect(compile(LESSON).intro).toEqual([
      {
        tag: 'p',
        children: [
          'The ',
          { tag: 'strong', children: ['kernel'] },
          ' has a ',
          { tag: 'em', children: ['list'] },
          ', and ',
          { tag: 'code', children: ['ls'] },
          ' shows it.',
        ],
      },
      {
        tag: 'ul',
        children: [
          { tag: 'li', children: ['one'] },
          { tag: 'li', children: [{ tag: 'a', href: 'https://example.org/', children: ['two'] }] },
        ],
      },
    ]);
    expect(compile(LESSON).outro).toEqual([{ tag: 'p', children: ['That is all.'] }]);
  });

  it('links to pages of the guide, and writes each address in one way', () => {
    const link = (written: string) => compile(LESSON.replace('*list*', `[list](${written})`)).intro[0];
    const to = (href: string) => ({ tag: 'a', href, children: ['list'] });
    expect(link('#/1a/test')?.children).toContainEqual(to('#/1a/test'));
    expect(link('<#/1a/patches/x.patch/a.h:struct vs>')?.children).toContainEqual(
      to('#/1a/patches/x.patch/a.h:struct%20vs'),
    );
  });

  it('keeps commands where they stand in a step', () => {
    expect(compile(LESSON).steps[0]).toEqual({
      slug: 'make-one',
      title: 'Make one',
      body: [
        {
          tag: 'run',
          terminal: 'host',
          commands: ['chcontext --xid 100 --disconnect -- sleep 1000', 'ls /proc/virtual'],
        },
        { tag: 'pre', children: ['anything < at all'] },
      ],
      check: 'ctx(100) exists',
      needs: [],
      undoes: [],
      hints: [],
      answer: ['chcontext --xid 100 --disconnect -- sleep 1000'],
    });
  });

  it('needs the step before, and takes backslashes as they are written', () => {
    expect(compile(LESSON).steps[1]).toMatchObject({
      body: [{ terminal: 'guest' }],
      needs: ['make-one'],
      undoes: ['make-one'],
      hints: [
        {
          when: 'file("/tmp/\\.x") matches /\\./',
          body: [{ tag: 'p', children: ['Say ', { tag: 'code', children: ['exit'] }, '.'] }],
        },
      ],
    });
  });

  it('takes needs=none and needs of other steps', () => {
    const [, none] = compile(LESSON.replace('undoes=make-one', 'needs=none')).steps;
    expect(none).toMatchObject({ needs: [], undoes: [] });
    const [, named] = compile(LESSON.replace('undoes=make-one', 'needs=make-one')).steps;
    expect(named).toMatchObject({ needs: ['make-one'] });
  });

  it('takes lines that end as on Windows', () => {
    expect(compile(LESSON.replaceAll('\n', '\r\n'))).toEqual(compile(LESSON));
  });

  it.each(['1a-core', '1a-core-more', 'tour-anything'])('takes the folder %s', (folder) => {
    expect(compile(LESSON, folder).name).toBe(folder);
  });

  it.each([
    ['9z-x', '1: the folder "9z-x" begins with no id of plan.json: call it <id>-<slug> or tour-<slug>'],
    ['1a', '1: the folder "1a" begins with no id of plan.json: call it <id>-<slug> or tour-<slug>'],
    ['1a-other', '1: the slug of 1a is core: call the folder 1a-core, or 1a-core-...'],
  ])('refuses the folder %s', (folder, complaint) => {
    expect(complaints(LESSON, folder)).toEqual([complaint]);
  });

  it.each([
    ['no head', '---\ntitle', 'title', 'a lesson begins with a line of ---', 'title'],
    ['no title', 'title: Contexts\n', '', 'there is no title: say it in a line "title: ..."', '---\nsummary'],
    ['an empty title', 'title: Contexts', 'title:', 'title says nothing', 'title:'],
    [
      'an unknown key',
      'needs: tour',
      'author: tour',
      'author is none of title, summary, minutes, needs',
      undefined,
    ],
    ['a key twice', 'needs: tour', 'minutes: 1\nneeds: tour', 'minutes is said twice', 'minutes: 1'],
    ['a line without a key', 'needs: tour', 'tour', '"tour-first, 1b-syscall" is no "key: value"', undefined],
    [
      'no time',
      'minutes: 8',
      'minutes: soon',
      'minutes is a whole number from 1 to 60, not "soon"',
      undefined,
    ],
    ['raw HTML', 'The **kernel**', '<b>The</b>', 'raw HTML is refused', undefined],
    ['raw HTML in the second line', 'and `ls`', 'and <b>`ls`</b>', 'raw HTML is refused', undefined],
    ['a block of HTML', '- one', '<script>\n- one', 'raw HTML is refused', undefined],
    ['a comment', '- one', '<!-- one -->', 'raw HTML is refused', undefined],
    ['HTML in a list', '- [two](https://example.org/)', '- <i>two</i>', 'raw HTML is refused', undefined],
    ['a picture', '*list*', '![list](x.png)', 'a lesson has no pictures', undefined],
    ['an entity', '*list*', '&lt;', '"&lt;" is refused: write the character itself', undefined],
    [
      'an address of a script',
      'https://example.org/',
      'javascript:alert(1)',
      '"javascript:alert(1)" is no https',
      undefined,
    ],
    ['a relative address', 'https://example.org/', '../x', '"../x" is no https address', undefined],
    [
      'a page that is not there',
      'https://example.org/',
      '#/1a/x',
      '#/1a/x: there is no such page',
      undefined,
    ],
    ['one in the second line', 'and `ls`', 'and [ls](#/1z)', '#/1z: there is no such page', undefined],
    ['one in a hint', 'Say `exit`.', 'Say\n[exit](#/1z).', '#/1z: there is no such page', '[exit]'],
    ['an anchor', 'https://example.org/', '#make-one', '#make-one: there is no such page', undefined],
    [
      'an address below the text',
      '[two](https://example.org/)',
      '[two][x]\n\n[x]: https://x.org',
      'write the address in the link',
      '[x]:',
    ],
    ['a line break', 'list*,', 'list*,  ', 'a line break of its own is refused', undefined],
    ['a heading in between', '## End it', '### End it', 'a heading is "## Title", a step', undefined],
    ['a title with markup', '## End it', '## End `it`', 'the title of a step is plain text', undefined],
    ['a title without letters', '## End it', '## ...', 'the title of a step is plain text', undefined],
    [
      'a title that is there',
      '## End it',
      '## Make one',
      'a step is called "make-one" already',
      '## Make one\n\n```sh run terminal',
    ],
    [
      'a title by its underline',
      '## End it',
      'End it\n---',
      'a line of text above --- is a heading',
      undefined,
    ],
    [
      'a step without a check',
      'check undoes=make-one',
      'text',
      'the step "End it" has no check',
      '## End it',
    ],
    [
      'a step without an answer',
      '```answer\nvkill',
      '```text\nvkill',
      'the step "End it" has no answer',
      '## End it',
    ],
    [
      'two checks',
      '```hint when file("/tmp/\\.x") matches /\\./',
      '```check',
      'a step has one check',
      '```check\nSay',
    ],
    ['two answers', '```text', '```answer', 'a step has one answer', '```answer\nchcontext'],
    [
      'an unknown block',
      '```text',
      '```bash',
      '"bash" is no block of a lesson: there are sh, check, hint, answer',
      undefined,
    ],
    ['sh alone', '```sh run\n', '```sh\n', 'say "sh run" for commands', undefined],
    [
      'an unknown attribute',
      'terminal=guest',
      'tty=guest',
      '"tty=guest" is not known here: behind sh run there may be terminal=...',
      undefined,
    ],
    ['an attribute without a value', 'terminal=guest', 'terminal', '"terminal" is not known here', undefined],
    ['an attribute twice', 'terminal=guest', 'terminal=a terminal=b', 'terminal is said twice', undefined],
    [
      'a terminal that is no name',
      'terminal=guest',
      'terminal=/dev/tty',
      'terminal=/dev/tty: a name has',
      undefined,
    ],
    [
      'an answer with an attribute',
      '```answer\nvkill',
      '```answer fast\nvkill',
      '"fast" is not known here: behind answer there may be nothing',
      undefined,
    ],
    ['no commands', 'exit\n```', '```', 'there is no command in this sh', '```sh run terminal'],
    [
      'an empty answer',
      'vkill --xid 100 -s KILL\n',
      '',
      'there is no command in this answer',
      '```answer\n```',
    ],
    [
      'an empty line among commands',
      'ls /proc/virtual',
      '\nls /proc/virtual',
      'an empty line among commands',
      '\nls /proc',
    ],
    ['a comment among commands', 'ls /proc/virtual', '# look', 'a comment is no command', undefined],
    ['a prompt', 'ls /proc/virtual', '$ ls', 'a command stands there without a prompt', undefined],
    ['half a command', 'ls /proc/virtual', 'ls \\', 'a command is one line', undefined],
    ['a tab', 'ls /proc/virtual', 'ls\t/proc', 'there is a control character', undefined],
    ['an empty predicate', 'not ctx(100) exists\n', '', 'there is no predicate', '```\n\n```hint'],
    ['a wrong predicate', 'not ctx(100) exists', 'bad', 'predicate: "bad" is no predicate', undefined],
    [
      'one wrong in its second line',
      'not ctx(100) exists',
      'not\nbad',
      'predicate: "bad" is no predicate',
      'bad',
    ],
    [
      'a hint of a wrong predicate',
      'when file',
      'when bad file',
      'predicate: "bad" is no predicate',
      undefined,
    ],
    [
      'a hint that is always shown',
      ' when file("/tmp/\\.x") matches /\\./',
      '',
      'say when the hint is shown',
      '```hint',
    ],
    ['a hint when nothing', ' file("/tmp/\\.x") matches /\\./', '', 'there is no predicate', '```hint'],
    ['a hint that says nothing', 'Say `exit`.\n', '', 'the hint says nothing', '```hint'],
    ['HTML in a hint', 'Say `exit`.', 'Say\n<i>exit</i>.', 'raw HTML is refused', '<i>'],
    [
      'a step that is undone and not there',
      'undoes=make-one',
      'undoes=made',
      'undoes=made: no step before this one is called so: make-one',
      undefined,
    ],
    [
      'a step that needs itself',
      'undoes=make-one',
      'needs=end-it',
      'needs=end-it: no step before this one',
      undefined,
    ],
    ['an indented block', '- one', '    one', 'an indented line is code here', undefined],
    [
      'a block in a list',
      '- [two](https://example.org/)',
      '- two\n  ```\n  two\n  ```',
      'a fenced block stands at the left margin',
      '  ```\n  two',
    ],
    ['commands before the first step', '- one', '```sh run\nls\n```', 'sh belongs to a step', undefined],
    ['a check at the end', 'That is all.', '```check\nx\n```', 'check belongs to a step', '```check\nx'],
    ['a step behind the end', 'That is all.', '## More', 'a heading is "## Title", a step', undefined],
    [
      'two ends',
      'That is all.',
      'That\n\n---',
      'a line of --- ends the last step, and there is one',
      '---\n',
    ],
  ])('refuses %s', (_, old, wrong, complaint, where = wrong) => {
    expect(LESSON).toContain(old);
    const source = LESSON.replace(old, () => wrong);
    // The last of them: the lesson may have others above that are right.
    const at = source.lastIndexOf(where);
    const line = source.slice(0, at).split('\n').length;
    const said = complaints(source);
    const wanted = `${line}: ${complaint}`;
    expect(said.some((one) => one.startsWith(wanted)) ? [wanted] : said).toEqual([wanted]);
  });

  it('refuses a lesson without steps', () => {
    const [head] = LESSON.split('## Make one');
    expect(complaints(head!)).toEqual(['6: there is no step: a step begins with a line "## Title"']);
  });

  it('says all that is wrong, with file and line', () => {
    const source = LESSON.replace('minutes: 8', 'minutes: 0').replace('exit\n```', '```');
    expect(() => compile(source)).toThrow(
      'lessons/1a-core/index.md:4: minutes is a whole number from 1 to 60, not "0"\n' +
        'lessons/1a-core/index.md:35: there is no command in this sh: write one, or take the block out',
    );
  });
});
