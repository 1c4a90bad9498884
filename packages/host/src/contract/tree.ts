// SPDX-License-Identifier: Apache-2.0
// What a contract is held against: an implementation, and the other programs of its machine.
import { test, type TestContext } from 'node:test';
import type { Files } from '../ports/files.ts';

/** The other programs: by path, as they like. Paths are absolute text. */
export interface Tree {
  makeFolder(path: string, mode?: number): void;
  write(path: string, content: string): void;
  read(path: string): Buffer;
  names(path: string): readonly string[];
  /** Replaces. */
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  symlink(target: string, path: string): void;
  makeSpecial(path: string, type: 'fifo'): void;
  remove(path: string): void;
  setMode(path: string, mode: number): void;
  setOwner(path: string, uid: number, gid: number): void;
  /** Opens a file that is there for writing, and does not wait: EAGAIN while somebody has a lease on it. */
  openToWrite(path: string): { close(): void };
  /** How many descriptors this process has. */
  openings(): number;
}

export interface FilesUnderTest {
  readonly files: Files;
  readonly tree: Tree;
  /** An empty folder for this test. */
  readonly root: string;
}

export type MakeFiles = (context: TestContext) => FilesUnderTest;

export function bytes(text: string): Buffer {
  return Buffer.from(text);
}

/** The code of what a call throws; `none` where it throws nothing. */
export function codeOf(call: () => unknown): string {
  try {
    call();
    return 'none';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : `without a code: ${String(error)}`;
  }
}

/** What must hold, and its proof. */
export type Case<Under> = readonly [title: string, proof: (under: Under, context: TestContext) => void | Promise<void>];

export function hold<Under>(name: string, cases: readonly Case<Under>[], make: (context: TestContext) => Under): void {
  for (const [title, proof] of cases) test(`${name}: ${title}`, (context) => proof(make(context), context));
}

/** Closed when the test ends, if it is open then. */
export function held<Open extends { close(): void }>(context: TestContext, open: Open): Open {
  context.after(() => open.close());
  return open;
}
