// SPDX-License-Identifier: Apache-2.0
// clamd's wire language as a state machine over bytes, without I/O (source: clamd(8), "COMMANDS"). A command is
// `zNAME args\0`, `nNAME args\n` or, the old form, `NAME args\n`; INSTREAM is followed by chunks (length in 4 bytes,
// big-endian; length 0 ends), FILDES by one byte that carries a descriptor. Foreign bytes: every length has a limit.

export const CLAMD_LIMITS = {
  /** A command with its path; PATH_MAX is 4,096. */
  commandBytesMax: 8 * 1024,
  /** INSTREAM in all: clamd's own default for StreamMaxLength. */
  streamBytesMax: 100 * 1024 * 1024,
  /** Descriptors that came before their command asked for them; a client sends one for each. */
  descriptorsMax: 64,
} as const;

export type ClamdInput =
  | { readonly kind: 'command'; readonly name: string; readonly argument: Buffer; readonly delimiter: '\0' | '\n' }
  | { readonly kind: 'chunk'; readonly bytes: Buffer }
  | { readonly kind: 'stream-end' }
  | { readonly kind: 'descriptor'; readonly descriptor: number | null }
  | { readonly kind: 'fault'; readonly message: string };

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

export function clamdParser(): ClamdParser {
  let state: State = { at: 'command' };
  let pending: Buffer = Buffer.alloc(0);
  let streamBytes = 0;
  const queue: number[] = [];

  const fault = (message: string): ClamdInput => {
    state = { at: 'ended' };
    return { kind: 'fault', message };
  };
  const takeCommand = (): ClamdInput | null => {
    const parsed = parseCommand(pending);
    if (parsed === 'too-long') return fault('Command too long.');
    if (parsed === 'incomplete') return null;
    pending = pending.subarray(parsed.length);
    if (parsed.name === 'FILDES') state = { at: 'descriptor' };
    if (parsed.name === 'INSTREAM') {
      state = { at: 'chunk-length' };
      streamBytes = 0;
    }
    return { kind: 'command', name: parsed.name, argument: parsed.argument, delimiter: parsed.delimiter };
  };
  const takeLength = (): ClamdInput | null => {
    if (pending.length < 4) return null;
    const length = pending.readUInt32BE(0);
    pending = pending.subarray(4);
    streamBytes += length;
    if (streamBytes > CLAMD_LIMITS.streamBytesMax) return fault('INSTREAM size limit exceeded.');
    state = length === 0 ? { at: 'command' } : { at: 'chunk', left: length };
    return length === 0 ? { kind: 'stream-end' } : { kind: 'chunk', bytes: Buffer.alloc(0) };
  };
  const takeChunk = (left: number): ClamdInput | null => {
    if (pending.length === 0) return null;
    const bytes = pending.subarray(0, left);
    pending = pending.subarray(bytes.length);
    state = bytes.length === left ? { at: 'chunk-length' } : { at: 'chunk', left: left - bytes.length };
    return { kind: 'chunk', bytes };
  };
  const takeDescriptor = (): ClamdInput | null => {
    if (pending.length === 0) return null;
    pending = pending.subarray(1);
    state = { at: 'command' };
    return { kind: 'descriptor', descriptor: queue.shift() ?? null };
  };
  const step = (): ClamdInput | null => {
    switch (state.at) {
      case 'command':
        return takeCommand();
      case 'descriptor':
        return takeDescriptor();
      case 'chunk-length':
        return takeLength();
      case 'chunk':
        return takeChunk(state.left);
      case 'ended':
        return null;
    }
  };
  return {
    feed: (bytes, descriptors) => {
      queue.push(...descriptors);
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      const inputs: ClamdInput[] = [];
      for (let input = step(); input !== null; input = step()) {
        if (input.kind !== 'chunk' || input.bytes.length > 0) inputs.push(input);
      }
      if (state.at !== 'ended' && queue.length > CLAMD_LIMITS.descriptorsMax)
        inputs.push(fault('Too many file descriptors.'));
      if (state.at === 'ended') pending = Buffer.alloc(0);
      return inputs;
    },
    unclaimed: () => queue.splice(0),
  };
}

interface Command {
  readonly name: string;
  readonly argument: Buffer;
  readonly delimiter: '\0' | '\n';
  readonly length: number;
}

function parseCommand(bytes: Buffer): Command | 'incomplete' | 'too-long' {
  const prefix = bytes[0];
  const delimiter = prefix === 0x7a ? '\0' : '\n';
  const end = bytes.indexOf(delimiter === '\0' ? 0 : 10);
  if ((end === -1 ? bytes.length : end) > CLAMD_LIMITS.commandBytesMax) return 'too-long';
  if (end === -1) return 'incomplete';
  const prefixed = prefix === 0x7a || prefix === 0x6e;
  const text = bytes.subarray(prefixed ? 1 : 0, end);
  const space = text.indexOf(0x20);
  const name = text
    .subarray(0, space === -1 ? text.length : space)
    .toString('latin1')
    .trimEnd();
  return {
    name,
    argument: space === -1 ? Buffer.alloc(0) : Buffer.from(text.subarray(space + 1)),
    delimiter,
    length: end + 1,
  };
}
