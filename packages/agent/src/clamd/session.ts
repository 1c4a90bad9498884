// SPDX-License-Identifier: Apache-2.0
// One client of the clamd socket. Commands are answered in the order in which they came. Outside IDSESSION the first answer ends the connection, as in clamd.
// If the client stops sending, its open requests are answered, and then the connection is closed. The session owns the client's descriptors until they are
// answered.
import { closeSync } from 'node:fs';
import type { ScannerAnswer } from '@lazaret/contract';
import type { Link, LinkHandlers, OpenFile } from '@lazaret/host/ports';
import { clamdParser, type ClamdInput } from './parser.ts';
import { formatVerdict } from './answer.ts';
import { scanPath } from './scan-path.ts';
import { COMMANDS, isPathVerb, isTakenWithinSession, type PathVerb } from './verbs.ts';
import type { StreamFile, StreamSpool } from './stream-spool.ts';
import type { ClamdDependencies } from './dependencies.ts';

const NOT_TAKEN = 'Not a regular file on a local file system. Send its content with INSTREAM.';

/** Inputs that wait behind a slow scan; then reading stops until half of them are done. */
const WAITING_MAX = 32;

/** `open` opens the client's link with these handlers. Answers that link: who closes it ends the session. */
export function serveSession(
  open: (handlers: LinkHandlers) => Link,
  dependencies: ClamdDependencies,
  streams: StreamSpool,
): Link {
  const parser = clamdParser();
  const waiting: ClamdInput[] = [];
  let busy = false;
  let saysNoMore = false;
  const drain = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (let input = waiting.shift(); input !== undefined; input = waiting.shift()) {
      await session.handle(input);
      if (waiting.length === WAITING_MAX / 2) link.setReading(true);
    }
    busy = false;
    if (saysNoMore) link.close();
  };
  const link = open({
    onMessage: (bytes, descriptors) => {
      waiting.push(...parser.feed(bytes, descriptors));
      if (waiting.length >= WAITING_MAX) link.setReading(false);
      void drain();
    },
    onHalfEnd: () => {
      saysNoMore = true;
      void drain();
    },
    onEnd: () => {
      for (const descriptor of parser.unclaimed()) closeSync(descriptor);
      for (const input of waiting.splice(0))
        if (input.kind === 'descriptor' && input.descriptor !== null) closeSync(input.descriptor);
      session.abandon();
    },
  });
  const session = new Session(link, dependencies, streams);
  return link;
}

class Session {
  readonly #link: Link;
  readonly #dependencies: ClamdDependencies;
  #inSession = false;
  #number = 0;
  #delimiter: '\0' | '\n' = '\n';
  readonly #streams: StreamSpool;
  /** The client has gone: what is scanned for it is taken back. */
  readonly #gone = new AbortController();
  #stream: StreamFile | null = null;

  constructor(link: Link, dependencies: ClamdDependencies, streams: StreamSpool) {
    this.#link = link;
    this.#streams = streams;
    this.#dependencies = dependencies;
  }

  async handle(input: ClamdInput): Promise<void> {
    try {
      switch (input.kind) {
        case 'command':
          return await this.#command(input);
        case 'chunk':
          return this.#stream?.append(input.bytes);
        case 'stream-end':
          return await this.#endStream();
        case 'descriptor':
          return await this.#descriptor(input.descriptor);
        case 'fault':
          if (this.#stream === null) this.#number += 1;
          this.#delimiter = input.delimiter ?? this.#delimiter;
          return await this.#last(`${input.message} ERROR`);
      }
    } catch (error) {
      if (isGone(error) || this.#gone.signal.aborted) return;
      await this.#last(`${error instanceof Error ? error.message : String(error)} ERROR`).catch(() => {});
    }
  }

  abandon(): void {
    this.#gone.abort();
    this.#stream?.close();
    this.#stream = null;
  }

  async #command({ verb, argument, delimiter }: Extract<ClamdInput, { kind: 'command' }>): Promise<void> {
    this.#delimiter = delimiter;
    if (verb !== 'END' && (verb !== 'IDSESSION' || this.#inSession)) this.#number += 1;
    if (this.#inSession && !isTakenWithinSession(verb))
      return await this.#last('Command invalid inside IDSESSION. ERROR');
    if (verb === null) return await this.#last('UNKNOWN COMMAND');
    if (isPathVerb(verb)) return await this.#path(argument, verb);
    switch (verb) {
      case 'PING':
        return await this.#finish('PONG');
      case 'VERSION':
        return await this.#finish(this.#dependencies.version());
      case 'VERSIONCOMMANDS':
        return await this.#finish(`${this.#dependencies.version()}| COMMANDS: ${COMMANDS}`);
      case 'STATS':
        return await this.#finish('POOLS: 1\n\nSTATE: VALID PRIMARY\nEND');
      case 'RELOAD':
        await this.#dependencies.reload();
        return await this.#finish('RELOADING');
      case 'DETSTATS':
      case 'DETSTATSCLEAR':
        return this.#link.close(); // answered with nothing: no detection is remembered here
      case 'IDSESSION':
        this.#inSession = true;
        return;
      case 'END':
        return this.#inSession ? this.#link.close() : await this.#last('UNKNOWN COMMAND');
      case 'INSTREAM':
        this.#stream?.close();
        this.#stream = this.#streams.open(this.#link.peer().uid);
        return;
      case 'FILDES':
        return;
    }
  }

  async #descriptor(descriptor: number | null): Promise<void> {
    if (descriptor === null) return await this.#last('No file descriptor received. ERROR');
    const file = this.#dependencies.files.adopt(descriptor);
    try {
      // The door puts one of no file in the place of what may not come in.
      if (file.describe().type !== 'regular') return await this.#finish(`fd[${descriptor}]: ${NOT_TAKEN} ERROR`);
      if (!(await isReadable(file))) return await this.#finish(`fd[${descriptor}]: Access denied. ERROR`);
      const answer = await this.#scan(file);
      await this.#finish(`fd[${descriptor}]: ${formatVerdict(answer, this.#dependencies.partly())}`);
    } finally {
      file.close();
    }
  }

  async #endStream(): Promise<void> {
    const stream = this.#stream;
    this.#stream = null;
    if (stream === null) return;
    try {
      const answer = await this.#scan(stream.file);
      await this.#finish(`stream: ${formatVerdict(answer, this.#dependencies.partly())}`);
    } finally {
      stream.close();
    }
  }

  async #path(path: Buffer, verb: PathVerb): Promise<void> {
    const { files } = this.#dependencies;
    const scan = (file: OpenFile): Promise<ScannerAnswer> => this.#scan(file);
    const manner = {
      files,
      partly: this.#dependencies.partly(),
      all: verb === 'ALLMATCHSCAN',
      stopAtFirst: verb === 'SCAN',
    };
    for await (const line of scanPath(path, this.#link.peer(), scan, manner)) await this.#reply(line);
    if (!this.#inSession) this.#link.close();
  }

  async #scan(file: OpenFile): Promise<ScannerAnswer> {
    this.#gone.signal.throwIfAborted();
    return await this.#dependencies.scan(file, this.#link.peer().uid, this.#gone.signal);
  }

  /** One answer to one command. */
  async #finish(text: string): Promise<void> {
    await this.#reply(text);
    if (!this.#inSession) this.#link.close();
  }

  /** Behind it nothing is heard any more. */
  async #last(text: string): Promise<void> {
    await this.#reply(text);
    this.#link.close();
  }

  async #reply(text: string | Buffer): Promise<void> {
    const prefix = this.#inSession ? `${this.#number}: ` : '';
    await this.#link.send(Buffer.concat([Buffer.from(prefix), Buffer.from(text), Buffer.from(this.#delimiter)]));
  }
}

/** Not so one that is open for writing alone, or for naming: of it nothing could be read, and it would seem clean. */
async function isReadable(file: OpenFile): Promise<boolean> {
  try {
    await file.readAt(Buffer.alloc(1), 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EBADF');
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
