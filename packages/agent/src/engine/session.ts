// SPDX-License-Identifier: Apache-2.0
// One connection to the scan process. It numbers the requests and matches each answer to its request. It owns the link, not the files. The caller decides what
// happens to open requests if the link breaks.
import type { Host, Link, OpenFile, Peer } from '@lazaret/host/ports';
import type { ScannerAnswer } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { EngineProfile, EngineScan } from './engine.ts';
import { noRows, readBody, readScan, takeAhead, type Rows } from './answers/scan-answer.ts';
import {
  REQUEST,
  SCAN_CLASSES,
  SCAN_FLAG_NAME_LISTED,
  decodeAnswer,
  encodeOwner,
  encodeProfile,
  encodeRequest,
  type Answer,
} from './answers/wire.ts';

export interface Session {
  scan(file: OpenFile, request: EngineScan): Promise<ScannerAnswer>;
  /** Any other request: its answer's JSON, or a rejection with the scanner's code. */
  ask(kind: number, options?: { flags?: number; payload?: Buffer; descriptors?: readonly number[] }): Promise<unknown>;
  /** A profile as this scanner takes it: the gate hands it on. */
  encodeProfile(profile: EngineProfile): Buffer;
  /** Who listens at the other end. */
  peer(): Peer;
  close(): void;
}

interface Waiting {
  readonly rows: Rows;
  readonly settle: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Rejected with this when the connection broke before the answer. */
export class SessionLost extends Error {}

export function openSession(
  sockets: Pick<Host['sockets'], 'connect'>,
  socketPath: string,
  typeNumbers: ReadonlyMap<string, number>,
  onEnd: () => void,
): Session {
  const waiting = new Map<number, Waiting>();
  const lose = (why: string): void => {
    for (const one of waiting.values()) one.reject(new SessionLost(why));
    waiting.clear();
  };
  const link: Link = sockets.connect(socketPath, 'seqpacket', {
    onMessage: (bytes) => {
      try {
        receive(bytes, waiting);
      } catch (error) {
        lose(error instanceof Error ? error.message : String(error));
        link.close();
      }
    },
    onEnd: () => {
      lose('the scanner closed the connection');
      onEnd();
    },
  });
  const request = requests(link, waiting);
  const profileNumber = profileNumbers(request, typeNumbers);
  return {
    scan: (file, scan) => {
      if (scan.signal?.aborted) return Promise.reject(new LazaretError('scan.cancelled', 'The scan was cancelled.'));
      const header = {
        kind: REQUEST.scan,
        scanClass: SCAN_CLASSES[scan.scanClass],
        profile: profileNumber(scan.profile),
        deadlineMs: scan.deadlineMs,
        flags: scan.nameListed ? SCAN_FLAG_NAME_LISTED : 0,
      };
      const owner = encodeOwner(scan.owner);
      return request((id) => encodeRequest({ ...header, id }, owner), [file.descriptor], readScan, scan.signal);
    },
    ask: (kind, { flags = 0, payload = Buffer.alloc(0), descriptors = [] } = {}) =>
      request((id) => encodeRequest({ kind, id, flags }, payload), descriptors, readBody),
    encodeProfile: (profile) => encodeProfile(profile, typeNumbers),
    peer: () => link.peer(),
    close: () => link.close(),
  };
}

/** One packet of the scanner. Throws where it does not keep to the contract. */
function receive(bytes: Buffer, waiting: Map<number, Waiting>): void {
  const answer = decodeAnswer(bytes);
  const one = waiting.get(answer.id);
  if (one === undefined || takeAhead(one.rows, answer, bytes.length)) return;
  waiting.delete(answer.id);
  one.settle(answer);
}

type Request = <T>(
  bytes: (id: number) => Buffer,
  descriptors: readonly number[],
  read: (answer: Answer, rows: Rows) => T,
  signal?: AbortSignal,
) => Promise<T>;

function requests(link: Link, waiting: Map<number, Waiting>): Request {
  let nextId = 1;
  return (bytes, descriptors, read, signal) =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      // The scanner answers a cancelled request, too: with `scan.cancelled`, or with what it had already found.
      const cancel = (): void => void link.send(encodeRequest({ kind: REQUEST.cancel, id })).catch(() => {});
      signal?.addEventListener('abort', cancel, { once: true });
      const rows = noRows();
      const fail = (error: unknown): void => {
        signal?.removeEventListener('abort', cancel);
        reject(error);
      };
      const settle = (answer: Answer): void => {
        try {
          resolve(read(answer, rows));
          signal?.removeEventListener('abort', cancel);
        } catch (error) {
          fail(error);
        }
      };
      waiting.set(id, { rows, reject: fail, settle });
      link.send(bytes(id), descriptors).catch(() => {
        if (waiting.delete(id)) fail(new SessionLost('the scanner did not accept the request'));
      });
    });
}

/** The scanner keeps so many profiles of a session, by their number: each is sent before the first scan that names it. */
const PROFILES_MAX = 64;

function profileNumbers(request: Request, typeNumbers: ReadonlyMap<string, number>) {
  const profiles = new Map<string, number>();
  return (profile: EngineProfile): number => {
    const key = JSON.stringify(profile);
    const known = profiles.get(key);
    if (known !== undefined) return known;
    const number = profiles.size % PROFILES_MAX;
    for (const [other, used] of profiles) if (used === number) profiles.delete(other);
    profiles.set(key, number);
    void request(
      (id) => encodeRequest({ kind: REQUEST.profile, id, profile: number }, encodeProfile(profile, typeNumbers)),
      [],
      readBody,
    ).catch(() => profiles.delete(key)); // then scans with it are refused, too, each by its own answer
    return number;
  };
}
