// SPDX-License-Identifier: Apache-2.0
// What this machine is: the facts that core's list of supported systems is held against (SY-2).
import { readFileSync } from 'node:fs';
import { machine, release } from 'node:os';
import type { SystemFacts } from '@lazaret/core';

export function readSystemFacts(osReleasePath = '/etc/os-release'): SystemFacts {
  const fields = parseOsRelease(readText(osReleasePath));
  return {
    id: fields.get('ID') ?? 'unknown',
    version: fields.get('VERSION_ID') ?? 'unknown',
    architecture: machine(),
    kernel: release(),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, 65_536);
  } catch {
    return '';
  }
}

/** `NAME=value` or `NAME="value"` a line (os-release(5)). */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_][A-Z0-9_]*)=(?:"([^"]*)"|'([^']*)'|(\S*))\s*$/.exec(line);
    if (match !== null) fields.set(match[1] ?? '', match[2] ?? match[3] ?? match[4] ?? '');
  }
  return fields;
}
