// SPDX-License-Identifier: Apache-2.0
// A random string that only this run knows, and a pattern of our own for it: no sample is malware, and none is found by luck.
import { randomBytes } from 'node:crypto';

export interface Marker {
  readonly text: string;
  readonly name: string;
  /** One line of a `.ndb` file. */
  readonly signature: string;
  /** `bytes` of filler with the marker as its very end. */
  atEndOf(bytes: number): Buffer;
}

export function makeMarker(name: string, random?: () => number): Marker {
  const digits = random === undefined ? randomBytes(16) : draw(16, random);
  const text = `lazaret-marker-${digits.toString('hex')}`;
  return {
    text,
    name,
    signature: `${name}:0:*:${Buffer.from(text).toString('hex')}\n`,
    atEndOf: (bytes) => {
      const filler = Buffer.alloc(Math.max(0, bytes - text.length), 'filler of no meaning, line after line.\n');
      return Buffer.concat([filler, Buffer.from(text)]);
    },
  };
}

/** The EICAR test file by its definition, put together at run time. */
export function eicar(): Buffer {
  return Buffer.from(['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD', '-ANTIVIRUS-TEST-FILE!', '$H+H*'].join(''));
}

/** No format of this house, nor of the engine, begins with it. */
const BEGINS_NOTHING = 0xf5;

/** Bytes that do not compress. By chance they could begin as a format does whose mark is two bytes (old cpio, compress, ARJ), and be told as damaged. */
export function noise(bytes: number, random: () => number): Buffer {
  const out = draw(bytes, random);
  if (bytes > 0) out[0] = BEGINS_NOTHING;
  return out;
}

function draw(bytes: number, random: () => number): Buffer {
  const out = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at++) out[at] = Math.floor(random() * 256);
  return out;
}
