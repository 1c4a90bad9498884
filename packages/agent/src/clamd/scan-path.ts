// SPDX-License-Identifier: Apache-2.0
// SCAN, CONTSCAN and MULTISCAN: a file, or a directory and all below it, each opened with the caller's rights. What the
// caller may not open is not named, as a name is already something to learn.
import { closeSync } from 'node:fs';
import type { ScannerAnswer } from '@lazaret/contract';
import type { ClamdPartlyAnswer } from '@lazaret/core';
import type { Peer } from '@lazaret/fdlink';
import { openAsCaller, TreeWalk } from '@lazaret/safefs';
import { formatVerdict } from './answer.ts';

type Scan = (descriptor: number) => Promise<ScannerAnswer>;

/** Lines of the answer: for one file its own, for a directory every finding and one last line. */
export async function* scanPath(
  path: Buffer,
  caller: Peer,
  scan: Scan,
  partly: ClamdPartlyAnswer,
  stopAtFirst: boolean,
): AsyncGenerator<Buffer> {
  const single = await scanOne(path, caller, scan, partly);
  if (single !== 'directory') return yield line(path, single);
  let found = 0;
  for await (const file of filesBelow(path)) {
    const verdict = await scanOne(file, caller, scan, partly);
    if (!verdict.endsWith(' FOUND')) continue;
    found += 1;
    yield line(file, verdict);
    if (stopAtFirst) return;
  }
  if (found === 0) yield line(path, 'OK');
}

async function scanOne(path: Buffer, caller: Peer, scan: Scan, partly: ClamdPartlyAnswer): Promise<string> {
  if (path[0] !== 0x2f) return 'A path must be absolute. ERROR';
  const opened = await openAsCaller(path, caller);
  if (!opened.opened)
    return opened.code === 'NOT_REGULAR' ? 'directory' : `File path check failure: ${opened.code}. ERROR`;
  try {
    return formatVerdict(await scan(opened.fd), partly);
  } finally {
    closeSync(opened.fd);
  }
}

async function* filesBelow(root: Buffer): AsyncGenerator<Buffer> {
  const walk = new TreeWalk({ root });
  try {
    for (let batch = await walk.next(); batch !== null; batch = await walk.next()) {
      for (const entry of batch) if (entry.type === 'regular') yield entry.path;
    }
  } finally {
    walk.close();
  }
}

function line(path: Buffer, verdict: string): Buffer {
  return Buffer.concat([path, Buffer.from(`: ${verdict}`)]);
}
