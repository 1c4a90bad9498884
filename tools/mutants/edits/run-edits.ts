// SPDX-License-Identifier: Apache-2.0
// Makes each deliberate fault in the checkout, runs the tests that must see it, and takes it back, whatever happens between.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyEdit, type Edit } from './edit.ts';

/** The pinned one. */
const NODE_TEST = ['bash', join(import.meta.dirname, '../../node'), '--test'] as const;
/** A fault may make a test wait for ever: then it was seen. */
const TIMEOUT_MS = 120_000;

export type EditResult = 'seen' | 'not seen';

/** Nothing else of this process runs meanwhile: whoever calls it takes care that no signal ends the process in between. Throws when an edit cannot be applied, its file has changes that were not committed, or its tests fail without it. */
export function runEdit(edit: Edit): EditResult {
  const before = readFileSync(edit.file, 'utf8');
  requireCommitted(edit.file);
  const changed = applyEdit(before, edit);
  const restore = (): void => writeFileSync(edit.file, before);
  try {
    writeFileSync(edit.file, changed);
    if (edit.native === true) build();
    return runTests(edit) ? 'not seen' : 'seen';
  } finally {
    restore();
    if (edit.native === true) build();
  }
}

/** Whether the tests of an edit pass as the product stands. */
export function passesUnedited(edit: Edit): boolean {
  return runTests(edit);
}

function runTests({ tests, only }: Edit): boolean {
  const [program, ...argv] = NODE_TEST;
  const pattern = only === undefined ? [] : ['--test-name-pattern', only];
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const ran = spawnSync(
    program,
    [...argv, '--test-reporter=tap', `--test-timeout=${TIMEOUT_MS}`, ...pattern, ...tests],
    {
      encoding: 'utf8',
      env: environment,
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  const [, passed = '0'] = /^# pass (\d+)$/m.exec(ran.stdout) ?? [];
  const [, failed = '1'] = /^# fail (\d+)$/m.exec(ran.stdout) ?? [];
  if (Number(passed) + Number(failed) === 0) throw new Error(`no test ran: ${tests.join(' ')} ${ran.stderr}`);
  return ran.status === 0;
}

function build(): void {
  const made = spawnSync('make', ['-s', '-j2', '-C', 'native'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the native parts do not build: ${made.stderr}`);
}

function requireCommitted(file: string): void {
  const { stdout, status } = spawnSync('git', ['status', '--porcelain', '--', file], { encoding: 'utf8' });
  if (status !== 0 || stdout !== '') throw new Error(`${file} has changes that are not committed: commit them first`);
}
