// SPDX-License-Identifier: Apache-2.0
// Packs a quarantined file into a password-protected archive (AC-8g), so that neither another product on the way nor a double click opens the file itself.
import { ZipWriter, configure, type Entry } from '@zip.js/zip.js';
import type { Readable } from 'node:stream';
import { Readable as NodeReadable } from 'node:stream';

/** The word that the field uses for samples: it keeps accidents away, not people. */
export const ARCHIVE_PASSWORD = 'infected';

// Its workers are for browsers.
configure({ useWebWorkers: false });

/** File systems take 255. */
const NAME_BYTES_MAX = 200;

/** Devices of Windows, with any ending; it takes a raised digit for a digit, and does not see spaces before the ending. */
const DEVICE = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$) *(\.|$)/i;

/** The name of a file of a VM is hostile, and it is unpacked on another system: no path of any system (`..\\x`, `C:x`), nothing that cannot be seen. */
export function memberName(fileName: string): string {
  const seen = fileName.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"/\\|?*]/gu, '_');
  // Cut before its end is looked at: where it is cut, a dot may come to stand last.
  const name = cut(seen, NAME_BYTES_MAX).replace(/[. ]+$/, '');
  return name === '' || DEVICE.test(name) ? `file_${name}` : name;
}

/** Between two characters, never within one. */
function cut(text: string, bytesMax: number): string {
  let left = bytesMax;
  let end = 0;
  for (const character of text) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** A zip (AES-256) with one member, as a stream: it is never whole in memory. */
export function zipEncrypted(name: string, content: AsyncIterable<Buffer>): Readable {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  void write(name, content, writable).catch((error: unknown) => writable.abort(error).catch(() => {}));
  return NodeReadable.fromWeb(readable as never);
}

async function write(
  name: string,
  content: AsyncIterable<Buffer>,
  writable: WritableStream<Uint8Array>,
): Promise<Entry> {
  const writer = new ZipWriter(writable, { password: ARCHIVE_PASSWORD, encryptionStrength: 3, zip64: true });
  const source = NodeReadable.toWeb(NodeReadable.from(content)) as unknown as ReadableStream<Uint8Array>;
  const entry = await writer.add(name, source);
  await writer.close();
  return entry as unknown as Entry;
}
