// SPDX-License-Identifier: Apache-2.0
// The door of the clamd socket: a program that takes connections in our place, one process for each. Every user may pass descriptors, and to close one of a file
// system in user space, or only to drop it, waits for its program, unkillably; so none of those may come into this process (native/door).
// Owns the listening socket and the program, which is started again when it ends.
import { spawn } from 'node:child_process';
import { closeSync, rmSync } from 'node:fs';
import { linkOver, linkPair, listenForOther, type Link, type LinkHandlers, type Peer } from '@lazaret/fdlink';

export interface DoorHandlers {
  /** Somebody has connected. What is not opened must be closed: it is a descriptor. */
  opened(visitor: Visitor): void;
  /** Its process is gone. One that waits for a stranger's program goes late, or never. */
  gone(process: number): void;
}

export interface Visitor {
  readonly process: number;
  readonly peer: Peer;
  readonly socket: number;
}

export interface Door {
  close(): void;
}

const OPENED = 1;
const GONE = 2;
const START_AGAIN_MS = 1_000;

export function openDoor(path: string, program: string, handlers: DoorHandlers): Door {
  const listening = listenForOther(path, { kind: 'stream', mode: 0o666 });
  let closed = false;
  let running: { stop(): void };
  let again: NodeJS.Timeout | undefined;
  const start = (): void => {
    running = startDoor(program, listening, handlers, () => {
      if (!closed) again = setTimeout(start, START_AGAIN_MS);
    });
  };
  start();
  return {
    close: () => {
      closed = true;
      clearTimeout(again);
      running.stop();
      closeSync(listening);
      rmSync(path, { force: true });
    },
  };
}

function startDoor(program: string, listening: number, handlers: DoorHandlers, onEnd: () => void): { stop(): void } {
  const processes = new Set<number>();
  const { link, other } = linkPair({
    onMessage: (bytes, descriptors) => takePacket(bytes, descriptors, processes, handlers),
    onEnd: () => {},
  });
  const child = spawn(program, [], { stdio: ['ignore', 'ignore', 'inherit', listening, other] });
  closeSync(other);
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    link.close();
    for (const process of processes) handlers.gone(process);
    onEnd();
  };
  child.on('error', end);
  child.on('exit', end);
  // It ends when nobody is at the other end of the link, and takes its clients' processes with it.
  return { stop: () => link.close() };
}

function takePacket(
  bytes: Buffer,
  descriptors: readonly number[],
  processes: Set<number>,
  handlers: DoorHandlers,
): void {
  const [kind, process = 0, pid = 0, uid = 0, gid = 0, ...groups] = Array.from(
    { length: bytes.length / 4 },
    (_, index) => bytes.readUInt32LE(index * 4),
  );
  const [socket] = descriptors;
  if (kind === OPENED && socket !== undefined) {
    processes.add(process);
    handlers.opened({ process, peer: { pid, uid, gid, groups }, socket });
  }
  if (kind === GONE && processes.delete(process)) handlers.gone(process);
}

/** The conversation, with whoever has connected as its peer. */
export function welcome({ peer, socket }: Visitor, handlers: LinkHandlers): Link {
  return { ...linkOver(socket, handlers), peer: () => peer };
}
