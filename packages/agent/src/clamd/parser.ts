// SPDX-License-Identifier: Apache-2.0
// clamd's wire language as a state machine over bytes, without I/O (source: clamd(8), "COMMANDS", and what Debian's clamd answers: e2e/clamd/differential.test.ts).
// A command is `zNAME args\0` or `nNAME args\n`; in the old form `NAME args` it is what comes at once, up to a line's end if there is one. INSTREAM is followed by
// chunks (length in 4 bytes, big-endian; length 0 ends), FILDES by one byte that carries a descriptor. Foreign bytes: every length has a limit.
import { parseVerb, type ClamdVerb } from './verbs.ts';

export const CLAMD_LIMITS = {
  /** A command with its path; PATH_MAX is 4,096. */
  commandBytesMax: 8 * 1024,
  /** INSTREAM in all: clamd's own default for StreamMaxLength. */
  streamBytesMax: 100 * 1024 * 1024,
  /** Descriptors that came before their command asked for them; a client sends one for each. */
  descriptorsMax: 64,
} as const;

export type ClamdInput =
  | {
      readonly kind: 'command';
      /** Null: there is none of that name in this form. */
      readonly verb: ClamdVerb | null;
      readonly argument: Buffer;
      readonly delimiter: '\0' | '\n';
    }
  | { readonly kind: 'chunk'; readonly bytes: Buffer }
  | { readonly kind: 'stream-end' }
  | { readonly kind: 'descriptor'; readonly descriptor: number | null }
  /** `delimiter`: of the command that is at fault, where it is one. */
  | { readonly kind: 'fault'; readonly message: string; readonly delimiter?: '\0' | '\n' };

type State =
  | { readonly at: 'command' }
  | { readonly at: 'descriptor' }
  | { readonly at: 'chunk-length' }
  | { readonly at: 'chunk'; readonly left: number }
  | { readonly at: 'ended' };

export interface ClamdParser {
  /** Takes what arrived; yields what it means. After a `fault` nothing more is understood. */
  feed(bytes: Buffer, descriptors: readonly number[]): readonly ClamdInput[];
  /** Descriptors that arrived and that nothing asked for: to be closed. */
  unclaimed(): readonly number[];
}

/** Of one connection. */
interface Reading {
  state: State;
  /** What arrived and is not understood yet. */
  pending: Buffer;
  streamBytes: number;
  inSession: boolean;
  /** Descriptors that came one to a message, as FILDES takes them. */
  readonly queue: number[];
  /** Came two to a message, which FILDES does not take. */
  readonly spare: number[];
}

export function clamdParser(): ClamdParser {
  const reading: Reading = {
    state: { at: 'command' },
    pending: Buffer.alloc(0),
    streamBytes: 0,
    inSession: false,
    queue: [],
    spare: [],
  };
  const { queue, spare } = reading;
  return {
    feed: (bytes, descriptors) => {
      (descriptors.length > 1 ? spare : queue).push(...descriptors);
      reading.pending = reading.pending.length === 0 ? bytes : Buffer.concat([reading.pending, bytes]);
      const inputs: ClamdInput[] = [];
      for (let input = step(reading); input !== null; input = step(reading)) {
        if (input !== 'length') inputs.push(input);
      }
      if (reading.state.at !== 'ended' && queue.length + spare.length > CLAMD_LIMITS.descriptorsMax)
        inputs.push(fault(reading, 'Too many file descriptors.'));
      if (reading.state.at === 'ended') reading.pending = Buffer.alloc(0);
      return inputs;
    },
    unclaimed: () => [...queue.splice(0), ...spare.splice(0)],
  };
}

/** Null: more must arrive. */
function step(reading: Reading): ClamdInput | 'length' | null {
  const { state } = reading;
  if (state.at === 'ended') return null;
  if (state.at === 'chunk-length') return takeLength(reading);
  if (reading.pending.length === 0) return null;
  switch (state.at) {
    case 'command':
      return takeCommand(reading);
    case 'descriptor':
      return takeDescriptor(reading);
    case 'chunk':
      return takeChunk(reading, state.left);
  }
}

function fault(reading: Reading, message: string): Extract<ClamdInput, { kind: 'fault' }> {
  reading.state = { at: 'ended' };
  return { kind: 'fault', message };
}

function takeCommand(reading: Reading): ClamdInput | null {
  const { pending } = reading;
  if (reading.inSession && !isPrefixed(pending))
    return fault(reading, 'Only nCMDS\\n and zCMDS\\0 are accepted inside IDSESSION.');
  const parsed = parseCommand(pending);
  if (parsed === 'too-long') return { ...fault(reading, 'Command too long.'), delimiter: delimiterOf(pending) };
  if (parsed === 'incomplete') return null;
  reading.pending = pending.subarray(parsed.length);
  const { verb, argument, delimiter } = parsed;
  if (verb === 'IDSESSION') reading.inSession = true;
  if (verb === 'FILDES') reading.state = { at: 'descriptor' };
  if (verb === 'INSTREAM') {
    reading.state = { at: 'chunk-length' };
    reading.streamBytes = 0;
  }
  return { kind: 'command', verb, argument, delimiter };
}

function takeLength(reading: Reading): ClamdInput | 'length' | null {
  if (reading.pending.length < 4) return null;
  const length = reading.pending.readUInt32BE(0);
  reading.pending = reading.pending.subarray(4);
  reading.streamBytes += length;
  if (reading.streamBytes > CLAMD_LIMITS.streamBytesMax) return fault(reading, 'INSTREAM size limit exceeded.');
  reading.state = length === 0 ? { at: 'command' } : { at: 'chunk', left: length };
  return length === 0 ? { kind: 'stream-end' } : 'length';
}

function takeChunk(reading: Reading, left: number): ClamdInput {
  const bytes = reading.pending.subarray(0, left);
  reading.pending = reading.pending.subarray(bytes.length);
  reading.state = bytes.length === left ? { at: 'chunk-length' } : { at: 'chunk', left: left - bytes.length };
  return { kind: 'chunk', bytes };
}

function takeDescriptor(reading: Reading): ClamdInput {
  reading.pending = reading.pending.subarray(1);
  reading.state = { at: 'command' };
  return { kind: 'descriptor', descriptor: reading.queue.shift() ?? null };
}

interface Command {
  readonly verb: ClamdVerb | null;
  readonly argument: Buffer;
  readonly delimiter: '\0' | '\n';
  readonly length: number;
}

const isPrefixed = (bytes: Buffer): boolean => bytes[0] === 0x7a || bytes[0] === 0x6e;

const delimiterOf = (bytes: Buffer): '\0' | '\n' => (bytes[0] === 0x7a ? '\0' : '\n');

function parseCommand(bytes: Buffer): Command | 'incomplete' | 'too-long' {
  const prefixed = isPrefixed(bytes);
  const delimiter = delimiterOf(bytes);
  const found = prefixed ? bytes.indexOf(delimiter) : bytes.findIndex((byte) => byte === 0x0a || byte === 0);
  const end = found === -1 ? bytes.length : found;
  if (end > CLAMD_LIMITS.commandBytesMax) return 'too-long';
  if (found === -1 && prefixed) return 'incomplete';
  const text = bytes.subarray(prefixed ? 1 : 0, end);
  const line = delimiter === '\n' ? withoutReturns(text) : text;
  return { ...parseVerb(line, prefixed), delimiter, length: Math.min(end + 1, bytes.length) };
}

/** Of a client that ends lines by `\r\n`. */
function withoutReturns(text: Buffer): Buffer {
  let end = text.length;
  while (text[end - 1] === 0x0d) end -= 1;
  return text.subarray(0, end);
}
