// SPDX-License-Identifier: Apache-2.0
// The link to the gate: connects, connects again, says after each connect what the gate is to decide by. Owns the socket. Files that come with a
// message are handed on and are the handler's to close; those of a message that is none are closed here. Decides nothing.
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { gateMessageSchema, type GateConfiguration, type GateMessage, type GateOrder } from '@lazaret/contract';
import { connectLink, type Link } from '@lazaret/fdlink';
import { LinuxFile } from '../files/linux-file.ts';
import type { GateLink, GateLinkParts, Hello } from '../../ports/realtime-source.ts';

/** A new gate decides by what the last one was told; the sooner it hears what holds now, the better. */
const AGAIN_MS = 50;

export function gateLink(parts: GateLinkParts): GateLink {
  let link: Link | null = null;
  let hello: Hello | null = null;
  let wanted: GateConfiguration | null = null;
  let reading = true;

  const sendConfiguration = (): void => {
    if (link === null || hello === null || wanted === null) return;
    const file = openUnnamedFile(parts.privateDirectory, JSON.stringify(wanted));
    // A gate that went meanwhile is followed by one that is told again.
    void link
      .send(encode({ type: 'configure' }), [file])
      .catch(() => {})
      .finally(() => closeSync(file));
  };
  const receive = (bytes: Buffer, descriptors: readonly number[]): void => {
    const [descriptor, ...more] = descriptors;
    more.forEach((extra) => closeSync(extra));
    const file = descriptor === undefined ? null : new LinuxFile(descriptor);
    const message = decode(bytes);
    if (typeof message === 'string') {
      file?.close();
      return parts.onFault(message);
    }
    if (message.type === 'hello') {
      hello = message;
      parts.onConnected(message);
      sendConfiguration();
    }
    parts.onMessage(message, file, hello?.pid ?? 0);
  };
  const connectOnce = (): Promise<void> =>
    new Promise((resolve) => {
      try {
        link = connectLink(parts.socketPath, 'seqpacket', { onMessage: receive, onEnd: resolve });
        link.setReading(reading);
      } catch {
        resolve(); // nobody listens just now
      }
    });

  return {
    run: async (signal) => {
      signal.addEventListener('abort', () => link?.close(), { once: true });
      while (!signal.aborted) {
        await connectOnce();
        const wasConnected = hello !== null;
        link = null;
        hello = null;
        if (wasConnected) parts.onLost();
        await parts.clock.sleep(AGAIN_MS, signal);
      }
    },
    configure: (configuration) => {
      wanted = configuration;
      sendConfiguration();
    },
    send: async (order, file) => {
      try {
        if (link === null) return false;
        await link.send(encode(order), file === undefined ? [] : [file.descriptor]);
        return true;
      } catch {
        return false;
      }
    },
    gate: () => hello,
    setReading: (on) => {
      if (reading !== on) link?.setReading(on);
      reading = on;
    },
  };
}

function encode(order: GateOrder): Buffer {
  return Buffer.from(JSON.stringify(order));
}

/** A sentence where it is no message of the contract. */
function decode(bytes: Buffer): GateMessage | string {
  try {
    const parsed = gateMessageSchema.safeParse(JSON.parse(bytes.toString('utf8')));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a message'}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The gate reads it from its beginning: written by position, so that the offset stays 0. */
function openUnnamedFile(directory: string, text: string): number {
  const path = join(directory, `.configuration-${randomBytes(8).toString('hex')}`);
  const descriptor = openSync(path, 'wx+', 0o600);
  rmSync(path);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, at);
  return descriptor;
}
