// SPDX-License-Identifier: Apache-2.0
import { same, type Survivor } from './survivor.ts';

const DESK = 'packages/agent/src/link/orders/command-desk.ts';
const BRAKE = 'packages/agent/src/ceiling/brake.ts';
const MARKS = 'packages/agent/src/link/orders/mark-store.ts';

export const AGENT: readonly Survivor[] = [
  ...same('packages/agent/src/scan/run/pacing.ts', 'who waits for nothing does not wait either', [
    'if (share >= 1) return { allowance: () => Promise.resolve() };',
    '() => undefined',
  ]),
  ...same('packages/agent/src/scan/run/totals.ts', 'a shortcut: a copy to which nothing is added is the same', [
    'if (row.unscanned.length === 0) return unscanned;',
    'false',
  ]),
  ...same('packages/agent/src/clamd/parser.ts', 'a shortcut: what is put behind nothing is the same', [
    'reading.pending = reading.pending.length === 0 ? bytes : Buffer.concat([reading.pending, bytes]);',
    'false',
  ]),
  ...same(
    'packages/agent/src/clamd/parser.ts',
    'memory alone: behind a fault nothing is read any more',
    ["if (reading.state.at === 'ended') reading.pending = Buffer.alloc(0);", 'false'],
    ["if (reading.state.at === 'ended') reading.pending = Buffer.alloc(0);", '""'],
  ),
  ...same('packages/agent/src/clamd/reloads.ts', 'each look begins with it', ['let wanted = false;', 'true']),
  ...same(DESK, 'memory alone: what is done is not considered again', ['inHand.delete(id);', ';']),
  ...same(
    DESK,
    'the disk alone: what the manager is told of is bounded by itself',
    ['table.prune();', ';'],
    ['prune: () => void prune.run(),', '() => undefined'],
  ),
  ...same(
    DESK,
    'a power cut alone shows what had come to the disk',
    ["database.exec('PRAGMA synchronous = FULL');", '""'],
    ['} finally {', '{}'],
    ["database.exec('PRAGMA synchronous = NORMAL');", '""'],
  ),
  ...same(BRAKE, 'any name of its own will do', ["const NAME = 'brake';", '""']),
  ...same(BRAKE, 'no run has that name', [
    "prune.run(nowMs() - HOUR_MS, lookedAt === null ? '' : id);",
    '"Stryker was here!"',
  ]),
  ...same(MARKS, 'each VM begins with it', ['let isTaken = false;', 'true']),
  ...same(MARKS, 'JSON takes bytes for UTF-8, too', [
    "const parsed = storedSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));",
    '""',
  ]),
  ...same(
    'packages/agent/src/schedule/look.ts',
    'nothing that was decided before is 1970 to a number: never ahead, and long ago',
    ['if (decidedMs !== null && decidedMs - nowMs > CLOCK_BACK_MS)', 'true'],
    ['if (decidedMs !== null && decidedMs > nominalMs) return nothing;', 'true'],
    ['const isToNote = due !== null || decidedMs === null || nominalMs - decidedMs >= WRITE_AGAIN_MS;', 'false'],
  ),
  ...same('packages/agent/src/realtime/detections/told-once.ts', 'who has more than so many has an oldest', [
    'if (done.size > doneMax && oldest !== undefined) done.delete(oldest);',
    'true',
  ]),
  ...same('packages/agent/src/realtime/let-through/work-queue.ts', 'any owner will do where there is one for all', [
    'const { atOnceMax, waitingMax, work, onRoom, ownerOf = () => 0 } = options;',
    '() => undefined',
  ]),
  ...same(
    'packages/agent/src/realtime/let-through/work-queue.ts',
    'memory alone: who has none at work is not known, or known with none',
    ['if (busy > 0) atWork.set(owner, busy);', 'true'],
    ['if (busy > 0) atWork.set(owner, busy);', 'busy >= 0'],
  ),
  ...same(
    'packages/agent/src/control/lines.ts',
    'a shortcut: what nothing is put behind is the same',
    ['if (from < chunk.length) rest.push(Buffer.from(chunk.subarray(from)));', 'true'],
    ['if (from < chunk.length) rest.push(Buffer.from(chunk.subarray(from)));', 'from <= chunk.length'],
  ),
  ...same(
    'packages/agent/src/scan/run/in-order.ts',
    'for the types: the first is taken where there is one, and has its outcome once it has settled',
    ["if (slot === undefined) throw new Error('takeFirst of an empty window');", 'false'],
    ["if (slot === undefined) throw new Error('takeFirst of an empty window');", '""'],
    ["if (slot.outcome === null) throw new Error('a settled job without an outcome');", 'false'],
    ["if (slot.outcome === null) throw new Error('a settled job without an outcome');", '""'],
  ),
  ...same('packages/agent/src/scan/run/in-order.ts', 'nobody asks before both are set', [
    'const slot: Slot<R> = { outcome: null, promise: Promise.resolve() };',
    '{}',
  ]),
  ...same('packages/agent/src/vault/format/format.ts', 'what is handed in as the tag is 16 bytes long either way', [
    "const decipher = createDecipheriv('aes-256-gcm', fileKey, nonce(section, number, last), {",
    '{}',
  ]),
];
