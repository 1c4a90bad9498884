// SPDX-License-Identifier: Apache-2.0
// The import rules as one call: runs dependency-cruiser over a checkout and says what it read and what it found. A cruiser that is
// misconfigured reports "0 modules, no violations": what it must have read is counted here, by the files that are there.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOMS = ['apps', 'packages', 'native', 'tools'] as const;

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export interface Cruised {
  readonly violations: readonly Violation[];
  /** Files of ours that the cruiser did not read: each is an arrow that is not checked. */
  readonly unread: readonly string[];
  readonly modules: number;
}

interface Report {
  readonly modules: readonly { readonly source: string; readonly dependencies: readonly unknown[] }[];
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
}

const PROGRAM = fileURLToPath(new URL('../../node_modules/.bin/depcruise', import.meta.url));

/** Cruises `directory` by the rules that lie in it. Throws when the cruiser itself fails. */
export function cruise(directory: string): Cruised {
  const argv = [PROGRAM, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...ROOMS];
  const ran = spawnSync(process.execPath, argv, { cwd: directory, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  if (!ran.stdout.startsWith('{')) throw new Error(`dependency-cruiser failed: ${ran.stderr || ran.stdout}`);
  const { modules, summary } = JSON.parse(ran.stdout) as Report;
  const read = new Set(modules.map(({ source }) => source));
  return {
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    unread: sourcesOf(directory).filter((path) => !read.has(path)),
    modules: modules.length,
  };
}

function sourcesOf(directory: string): string[] {
  const patterns = ROOMS.map((room) => join(room, '**/*.{ts,tsx}'));
  return globSync(patterns, {
    cwd: directory,
    exclude: (name) => /(^|\/)(node_modules|dist|\.build)(\/|$)/.test(name),
  });
}
