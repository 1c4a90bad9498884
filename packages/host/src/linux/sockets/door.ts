// SPDX-License-Identifier: Apache-2.0
// The door of the clamd socket: a program that takes connections in our place. Who may come in is said here; each of those gets a process there. Every user may
// pass descriptors, and to close one of a file system in user space, or only to drop it, waits for its program, unkillably; so none of those may come into this
// process (native/door).
// Owns the listening socket and the program, which is started again when it ends.
import { spawn } from 'node:child_process';
import { closeSync, rmSync } from 'node:fs';
import { linkOver, linkPair, listenForOther, type Link, type LinkHandlers } from '@lazaret/fdlink';
import type { Door, DoorHandlers, Guest, Visitor } from '../../ports/sockets.ts';

const ASKS = 1;
const OPENED = 2;
const GONE = 3;
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
  const guests = new Map<number, Guest>();
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    link.close();
    for (const guest of guests.values()) handlers.gone(guest);
    onEnd();
  };
  // Its end is known by the link: the process itself may be there a while longer, if it was killed while it kept a stranger's socket.
  const { link, other } = linkPair({
    onMessage: (bytes, descriptors) => {
      const answer = takePacket(bytes, descriptors, guests, handlers);
      if (answer !== null) link.send(answer).catch(end);
    },
    onEnd: () => end(),
  });
  const child = spawn(program, [], { stdio: ['ignore', 'ignore', 'inherit', listening, other] });
  closeSync(other);
  child.on('error', end);
  child.on('exit', end);
  // It ends when nobody is at the other end of the link, and takes its clients' processes with it.
  return { stop: () => link.close() };
}

/** The answer that the door waits for, if it does. */
function takePacket(
  bytes: Buffer,
  descriptors: readonly number[],
  guests: Map<number, Guest>,
  handlers: DoorHandlers,
): Buffer | null {
  const [kind, number = 0, ...rest] = Array.from({ length: bytes.length / 4 }, (_, index) =>
    bytes.readUInt32LE(index * 4),
  );
  if (kind === ASKS) return answerOf(number, rest, guests, handlers);
  const guest = guests.get(number);
  const [socket] = descriptors;
  if (kind === OPENED && socket !== undefined) {
    if (guest === undefined) closeSync(socket);
    else handlers.opened({ guest, socket });
  }
  if (kind === GONE && guest !== undefined) {
    guests.delete(number);
    handlers.gone(guest);
  }
  return null;
}

function answerOf(
  number: number,
  [pid = 0, uid = 0, gid = 0, ...groups]: readonly number[],
  guests: Map<number, Guest>,
  handlers: DoorHandlers,
): Buffer {
  const peer = { pid, uid, gid, groups };
  const owner = handlers.ownerOf(peer);
  const admitted = handlers.admits(owner);
  if (admitted) guests.set(number, { peer, owner });
  const answer = Buffer.alloc(12);
  [number, admitted ? 1 : 0, owner].forEach((value, index) => answer.writeUInt32LE(value, index * 4));
  return answer;
}

/** The conversation, with whoever has connected as its peer. */
export function welcome({ guest, socket }: Visitor, handlers: LinkHandlers): Link {
  return { ...linkOver(socket, handlers), peer: () => guest.peer };
}
