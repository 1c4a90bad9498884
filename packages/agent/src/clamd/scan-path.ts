// SPDX-License-Identifier: Apache-2.0
// SCAN, CONTSCAN, MULTISCAN and ALLMATCHSCAN: scan a file, or a directory with everything below it. Each file is opened with the caller's rights. Files that
// the caller may not open are not named, because a name is information too; but a directory that contains such files is never answered with OK.
import type { ScannerAnswer } from '@lazaret/contract';
import type { ClamdPartlyAnswer } from '@lazaret/core';
import type { Host, OpenFile, OpenResult, Peer } from '@lazaret/host/ports';
import { formatVerdict, formatVerdicts } from './answer.ts';

type Scan = (file: OpenFile) => Promise<ScannerAnswer>;

export interface ScanManner {
  readonly files: Host['files'];
  readonly partly: ClamdPartlyAnswer;
  /** Every name of a threat, not the first. */
  readonly all: boolean;
  /** Of a directory one infected file is enough. */
  readonly stopAtFirst: boolean;
}

/** Lines of the answer: for one file its own; for a directory every finding and fault, and where there is none, one line for all. */
export async function* scanPath(asked: Buffer, caller: Peer, scan: Scan, manner: ScanManner): AsyncGenerator<Buffer> {
  const path = withoutLastSlashes(asked);
  // As Debian's clamd, which works in the root directory.
  const place = path.length === 0 || path[0] === SLASH ? path : Buffer.concat([Buffer.from('/'), path]);
  const opened = await manner.files.openAsCaller(place, caller);
  if (!opened.opened && opened.type === 'directory') return yield* scanDirectory(path, place, caller, scan, manner);
  for (const verdict of await verdictsOf(opened, scan, manner)) yield line(path, verdict);
}

async function* scanDirectory(
  path: Buffer,
  place: Buffer,
  caller: Peer,
  scan: Scan,
  manner: ScanManner,
): AsyncGenerator<Buffer> {
  // A link to a directory is the directory; each file is opened with the caller's rights whatever its place is called.
  const root = manner.files.placeOf(place, { followLast: true });
  if (!root.found) return yield line(path, faultOf({ opened: false, code: root.code, type: 'directory' }));
  let said = 0;
  let denied = false;
  for await (const file of filesBelow(path, root.path, manner.files)) {
    const opened = await manner.files.openAsCaller(file.place, caller);
    denied ||= !opened.opened && !GONE.has(opened.code);
    if (!opened.opened) continue;
    const verdicts = (await verdictsOf(opened, scan, manner)).filter((verdict) => verdict !== 'OK');
    for (const verdict of verdicts) yield line(file.shown, verdict);
    said += verdicts.length;
    if (manner.stopAtFirst && verdicts.some((verdict) => verdict.endsWith(' FOUND'))) return;
  }
  if (denied) yield line(path, 'Access denied. ERROR');
  else if (said === 0) yield line(path, 'OK');
}

const SLASH = 0x2f;

function withoutLastSlashes(path: Buffer): Buffer {
  let end = path.length;
  while (end > 1 && path[end - 1] === SLASH) end -= 1;
  return path.subarray(0, end);
}

/** Went away, or became something else, since its directory was read. */
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'NOT_REGULAR']);

async function verdictsOf(opened: OpenResult, scan: Scan, { partly, all }: ScanManner): Promise<readonly string[]> {
  if (!opened.opened) return [faultOf(opened)];
  try {
    const answer = await scan(opened.file);
    return all ? formatVerdicts(answer, partly) : [formatVerdict(answer, partly)];
  } finally {
    opened.file.close();
  }
}

/** As the C library says it. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  ENAMETOOLONG: 'File name too long',
  ENOTDIR: 'Not a directory',
  ELOOP: 'Too many levels of symbolic links',
};

function faultOf({ code, type }: Extract<OpenResult, { opened: false }>): string {
  if (code === 'NOT_REGULAR') return 'Not supported file type ERROR';
  if (code === 'EACCES' && type === 'regular') return 'Access denied. ERROR';
  return `File path check failure: ${REASONS[code] ?? code}. ERROR`;
}

interface Below {
  /** As the client named its directory. */
  readonly shown: Buffer;
  readonly place: Buffer;
}

async function* filesBelow(path: Buffer, root: Buffer, files: Host['files']): AsyncGenerator<Below> {
  const walk = files.walk({ root });
  const rootBytes = withoutSlash(root).length;
  try {
    for (let batch = await walk.next(); batch !== null; batch = await walk.next()) {
      for (const entry of batch) {
        if (entry.type !== 'regular') continue;
        yield { place: entry.path, shown: Buffer.concat([withoutSlash(path), entry.path.subarray(rootBytes)]) };
      }
    }
  } finally {
    walk.close();
  }
}

/** The root directory is called by nothing but a slash, which the names below begin with. */
const withoutSlash = (path: Buffer): Buffer => (path.length === 1 && path[0] === SLASH ? Buffer.alloc(0) : path);

function line(path: Buffer, verdict: string): Buffer {
  return Buffer.concat([path, Buffer.from(`: ${verdict}`)]);
}
