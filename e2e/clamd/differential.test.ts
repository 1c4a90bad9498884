// SPDX-License-Identifier: Apache-2.0
// The clamd socket against Debian's own clamd: the same questions by the same user, with the same signatures, over the same files. What differs stands in a closed table.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENDING_FORMS, MARKER_ONE, MARKER_TWO, clamdForms, type Form } from '../support/clamd-forms.ts';
import { DIFFERENCES, expectedOf, unmet } from '../support/clamd-differences.ts';
import { CLIENT, askClamd, startBoth, type Heard } from '../support/debian-clamd.ts';
import { makeProduct } from '../support/product.ts';

/** Each kind of what a path can name. Of a directory that SCAN leaves at its first infected file there is but one. */
function growTree(root: string): void {
  const infected = `${MARKER_ONE}\n`;
  const files: Record<string, string> = {
    clean: 'hello\n',
    zero: '',
    one: infected,
    both: `${MARKER_ONE} ${MARKER_TWO}\n`,
    writable: infected,
    'a b': infected,
    locked: infected,
    'dir/a': infected,
    'dir/below/clean': 'hello\n',
    'clean-dir/a': 'hello\n',
    'clean-dir/below/b': 'hello\n',
    'several/a': infected,
    'several/b': `${MARKER_ONE} ${MARKER_TWO}\n`,
    'several/below/c': infected,
    'locked-dir/x': infected,
    'part-locked/locked': infected,
    'part-locked/clean': 'hello\n',
    'part-closed/closed/x': infected,
    'part-closed/clean': 'hello\n',
    'unlisted/x': infected,
  };
  for (const directory of ['empty-dir', 'no-files']) mkdirSync(join(root, directory));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  writeFileSync(Buffer.concat([Buffer.from(`${root}/by`), Buffer.from([0xff]), Buffer.from('tes')]), infected);
  chmodSync(join(root, 'writable'), 0o666);
  for (const name of ['locked', 'part-locked/locked']) chmodSync(join(root, name), 0o600);
  for (const name of ['locked-dir', 'part-closed/closed']) chmodSync(join(root, name), 0o700);
  chmodSync(join(root, 'unlisted'), 0o711);
  symlinkSync('one', join(root, 'link'));
  symlinkSync('nowhere', join(root, 'dangling'));
  symlinkSync('dir', join(root, 'dir-link'));
  symlinkSync('../one', join(root, 'no-files/link'));
  for (const name of ['fifo', 'no-files/fifo']) assert.equal(spawnSync('mkfifo', [join(root, name)]).status, 0);
}

/** What an answer says, without what must differ: numbers of descriptors, versions, figures, the mark of signatures that are not ClamAV's own, and the order of answers. */
function saidOf({ answer, closed }: Heard): readonly string[] {
  const text = answer
    .toString('latin1')
    .replaceAll(/fd\[\d+\]/g, 'fd[N]')
    .replaceAll(/(?:ClamAV|Lazaret) \d[^|\n\0]*/g, 'VERSION')
    .replaceAll('.UNOFFICIAL FOUND', ' FOUND')
    .replaceAll(/THREADS: [^]*?END/g, 'END');
  const lines = text.split(/(?<=\0|(?<!POOLS.*)\n(?!STATE|END|\n))/).filter((line) => line !== '');
  return [...lines.toSorted(), closed ? 'closed' : 'open'];
}

test("what the clamd socket answers to every form of every command is what Debian's clamd answers, but for a closed table of differences", {
  timeout: 600_000,
}, async (t) => {
  const { product, debian } = await startBoth(t);
  growTree(product.directory);
  chownSync(product.directory, CLIENT, CLIENT);
  const forms = clamdForms(product.directory);
  assert.ok(forms.length >= 200, `${forms.length} forms`);
  assert.equal(new Set(forms.map(({ name }) => name)).size, forms.length, 'each has a name of its own');
  const [ours, first] = await Promise.all([askClamd(product.clamdSocket, forms), askClamd(debian, forms)]);
  const { wrong, used } = await differing(forms, ours, first, (some) => askClamd(debian, some));
  t.diagnostic(`${forms.length} forms, ${wrong.length} differ`);
  assert.deepEqual(wrong, []);
  assert.deepEqual(unmet(used, forms), [], 'a difference that is none any more');
});

const AGAIN_MAX = 5;

/**
 * Debian's clamd fails a scan now and then for reasons of its own: for want of memory that is there, or of the status of a file that stands still. So where an answer
 * of its differs and tells an ERROR it is asked again. Any other difference stands, though it may come and go; and ours is never asked again: one wrong answer is one
 * too many.
 */
async function differing(
  forms: readonly Form[],
  ours: readonly Heard[],
  first: readonly Heard[],
  askDebian: (forms: readonly Form[]) => Promise<readonly Heard[]>,
) {
  const theirs = [...first];
  const judge = (index: number) => ({ index, ...expectedOf(forms[index] ?? assert.fail(), said(theirs, index)) });
  const find = () => [...forms.keys()].map(judge).filter((one) => !sameSaid(said(ours, one.index), one.expected));
  const failed = () => find().filter(({ index }) => said(theirs, index).some((part) => / ERROR[\0\n]$/.test(part)));
  for (let again = 0; again < AGAIN_MAX && failed().length > 0; again++) {
    const found = failed();
    const answers = await askDebian(found.flatMap(({ index }) => forms[index] ?? []));
    for (const [nth, { index }] of found.entries()) theirs[index] = answers[nth] ?? assert.fail();
  }
  const used = new Set([...forms.keys()].flatMap((index) => judge(index).differences));
  const wrong = find().map(({ index, expected }) => ({
    form: forms[index]?.name,
    theirs: said(theirs, index),
    expected,
    ours: said(ours, index),
  }));
  return { wrong, used };
}

function said(heard: readonly Heard[], index: number): readonly string[] {
  const one = heard[index];
  assert.ok(one);
  return saidOf(one);
}

const sameSaid = (one: readonly string[], other: readonly string[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

test("Debian's clamd is asked again of what it failed at, and of nothing else", async () => {
  const heard = (text: string): Heard => ({ answer: Buffer.from(text), closed: true });
  const form: Form = { name: 'a form', steps: [], says: 'more', waits: 1 };
  /** How many times Debian's clamd is asked again, and how many differences are left, where it answers so, one after the other. */
  const judged = async (ours: string, first: string, ...later: readonly string[]) => {
    const answers = [...later];
    let again = 0;
    const ask = (some: readonly Form[]): Promise<readonly Heard[]> => {
      again += 1;
      return Promise.resolve(some.map(() => heard(answers.shift() ?? first)));
    };
    const { wrong } = await differing([form], [heard(ours)], [heard(first)], ask);
    return [again, wrong.length];
  };
  const [ok, found, error] = ['/a: OK\n', '/a: X FOUND\n', "/a: Can't allocate memory ERROR\n"];
  assert.deepEqual(await judged(ok, ok), [0, 0]);
  assert.deepEqual(await judged(ok, error, error, ok), [2, 0]);
  assert.deepEqual(await judged(ok, error), [AGAIN_MAX, 1], 'an ERROR that stays');
  assert.deepEqual(await judged(ok, found, ok), [0, 1], 'a difference that would go');
  assert.deepEqual(await judged(error, ok, error), [0, 1], 'an error of ours');
  assert.deepEqual(await judged(ok, error, found, ok), [1, 1], 'a difference behind an ERROR');
});

test('a difference must be met by a form, or, where clamd shows it by chance, be asked for by one', () => {
  const forms = clamdForms('/work');
  const all = DIFFERENCES.map(({ name }) => name);
  const chances = DIFFERENCES.filter(({ byChance }) => byChance === true).map(({ name }) => name);
  const certain = all.filter((name) => !chances.includes(name));
  assert.ok(chances.length > 0 && certain.length > chances.length);
  assert.deepEqual(unmet(new Set(certain), forms), []);
  for (const name of certain) assert.deepEqual(unmet(new Set(all.filter((other) => other !== name)), forms), [name]);
  assert.deepEqual(unmet(new Set(all), []), chances, 'no form asks for them');
});

test('nobody ends the service over the clamd socket: SHUTDOWN and QUIT, by which clamd ends, are unknown', async (t) => {
  const product = makeProduct(t);
  chmodSync(join(product.directory, '..'), 0o755);
  await product.agent(product.writePolicy({}));
  for (const [index, heard] of (await askClamd(product.clamdSocket, ENDING_FORMS)).entries()) {
    const name = ENDING_FORMS[index]?.name ?? '';
    assert.deepEqual(saidOf(heard), [`UNKNOWN COMMAND${name.startsWith('z') ? '\0' : '\n'}`, 'closed'], name);
  }
});
