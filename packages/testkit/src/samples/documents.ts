// SPDX-License-Identifier: Apache-2.0
// Mail, PDF, OLE2 and ODF, as small as their readers allow, open or with a password.
import { createCipheriv, createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { makeZip } from './zip.ts';

export function makeMail(attachment: { readonly name: string; readonly content: Buffer }): Buffer {
  const body = (attachment.content.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n');
  const lines = [
    'From: sender@example.test',
    'To: receiver@example.test',
    'Subject: a sample',
    'Date: Tue, 24 Nov 2026 10:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="frontier"',
    '',
    '--frontier',
    'Content-Type: text/plain',
    '',
    'See the attachment.',
    '--frontier',
    `Content-Type: application/octet-stream; name="${attachment.name}"`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${attachment.name}"`,
    '',
    body,
    '--frontier--',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

const PDF_PADDING = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');

function rc4(key: Buffer, text: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const swap = (left: number, right: number): void => {
    const kept = state[left] ?? 0;
    state[left] = state[right] ?? 0;
    state[right] = kept;
  };
  for (let index = 0, other = 0; index < 256; index++) {
    other = (other + (state[index] ?? 0) + (key[index % key.length] ?? 0)) & 255;
    swap(index, other);
  }
  let left = 0;
  let right = 0;
  return Buffer.from(
    text.map((byte) => {
      left = (left + 1) & 255;
      right = (right + (state[left] ?? 0)) & 255;
      swap(left, right);
      return byte ^ (state[((state[left] ?? 0) + (state[right] ?? 0)) & 255] ?? 0);
    }),
  );
}

/** A PDF with standard security, revision 2. The empty user password opens it like any other (ISO 32000-1, 7.6.3). */
export function makePdf(options: { readonly text: string; readonly userPassword?: string | null }): Buffer {
  const { text, userPassword = null } = options;
  const identity = createHash('md5').update('a sample').digest();
  let encryption = '';
  if (userPassword !== null) {
    const padded = Buffer.concat([Buffer.from(userPassword, 'latin1'), PDF_PADDING]).subarray(0, 32);
    const ownerKey = createHash('md5').update(PDF_PADDING).digest().subarray(0, 5);
    const owner = rc4(ownerKey, padded);
    const permissions = Buffer.alloc(4);
    permissions.writeInt32LE(-4);
    const key = createHash('md5')
      .update(Buffer.concat([padded, owner, permissions, identity]))
      .digest()
      .subarray(0, 5);
    const user = rc4(key, PDF_PADDING);
    encryption = `4 0 obj\n<< /Filter /Standard /V 1 /R 2 /O <${owner.toString('hex')}> /U <${user.toString('hex')}> /P -4 >>\nendobj\n`;
  }
  const stream = `BT /F1 12 Tf (${text}) Tj ET`;
  const body = [
    '%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n',
    '2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n',
    `3 0 obj\n<< /Length ${stream.length} >>\nstream\n${stream}\nendstream\nendobj\n`,
    encryption,
  ].join('');
  const reference = userPassword === null ? '' : ' /Encrypt 4 0 R';
  const hexIdentity = identity.toString('hex');
  return Buffer.from(
    `${body}trailer\n<< /Root 1 0 R /Size 5${reference} /ID [<${hexIdentity}> <${hexIdentity}>] >>\nstartxref\n0\n%%EOF\n`,
    'latin1',
  );
}

/** A PDF whose one attachment is a stream, packed by Flate. */
export function makePdfWithStream(content: Buffer): Buffer {
  const packed = deflateSync(content);
  const head = `%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n3 0 obj\n<< /Type /EmbeddedFile /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`;
  const end = '\nendstream\nendobj\ntrailer\n<< /Size 4 /Root 1 0 R >>\n%%EOF\n';
  return Buffer.concat([Buffer.from(head), packed, Buffer.from(end)]);
}

/** A compound file (OLE2) with these streams; each is padded to 4,096 bytes, so that none lies in the mini stream. */
export function makeCompoundFile(streams: readonly { readonly name: string; readonly content: Buffer }[]): Buffer {
  const sectorBytes = 512;
  const contents = streams.map(({ content }) => {
    const bytes = Math.max(4096, Math.ceil(content.length / sectorBytes) * sectorBytes);
    return Buffer.concat([content, Buffer.alloc(bytes - content.length)]);
  });
  const directorySectors = Math.ceil((streams.length + 1) / 4);
  const table = Buffer.alloc(sectorBytes, 0xff);
  const link = (from: number, count: number): void => {
    for (let index = 0; index < count; index++)
      table.writeUInt32LE(index + 1 === count ? 0xff_ff_ff_fe : from + index + 1, (from + index) * 4);
  };
  table.writeUInt32LE(0xff_ff_ff_fd, 0);
  link(1, directorySectors);
  const directory = Buffer.alloc(directorySectors * sectorBytes);
  writeDirectoryEntry(directory, 0, 'Root Entry', { type: 5, start: 0xff_ff_ff_fe, bytes: 0, child: 1 });
  let sector = 1 + directorySectors;
  streams.forEach(({ name, content }, index) => {
    const padded = contents[index] ?? Buffer.alloc(0);
    const sectors = padded.length / sectorBytes;
    link(sector, sectors);
    const next = index + 2 <= streams.length ? index + 2 : 0xff_ff_ff_ff;
    writeDirectoryEntry(directory, index + 1, name, {
      type: 2,
      start: sector,
      bytes: Math.max(content.length, 4096),
      right: next,
    });
    sector += sectors;
  });
  const header = Buffer.alloc(sectorBytes, 0);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header, 0);
  header.writeUInt16LE(0x3e, 24);
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(0xff_fe, 28);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(1, 44);
  header.writeUInt32LE(1, 48);
  header.writeUInt32LE(4096, 56);
  header.writeUInt32LE(0xff_ff_ff_fe, 60);
  header.writeUInt32LE(0xff_ff_ff_fe, 68);
  header.fill(0xff, 76);
  header.writeUInt32LE(0, 76);
  return Buffer.concat([header, table, directory, ...contents]);
}

function writeDirectoryEntry(
  directory: Buffer,
  index: number,
  name: string,
  entry: { type: number; start: number; bytes: number; child?: number; right?: number },
): void {
  const at = index * 128;
  const wide = Buffer.from(`${name}\0`, 'utf16le');
  wide.copy(directory, at);
  directory.writeUInt16LE(wide.length, at + 64);
  directory.writeUInt8(entry.type, at + 66);
  directory.writeUInt8(1, at + 67);
  directory.writeUInt32LE(0xff_ff_ff_ff, at + 68);
  directory.writeUInt32LE(entry.right ?? 0xff_ff_ff_ff, at + 72);
  directory.writeUInt32LE(entry.child ?? 0xff_ff_ff_ff, at + 76);
  directory.writeUInt32LE(entry.start, at + 116);
  directory.writeUInt32LE(entry.bytes, at + 120);
}

/** What Office writes for an OOXML document with a password: a compound file round the encrypted package. */
export function makeProtectedOoxml(): Buffer {
  const cipher = createCipheriv('aes-256-ctr', Buffer.alloc(32, 7), Buffer.alloc(16));
  return makeCompoundFile([
    { name: 'EncryptionInfo', content: Buffer.from('040004004000000000000000', 'hex') },
    { name: 'EncryptedPackage', content: cipher.update(Buffer.alloc(8192)) },
  ]);
}

/** A Word document of 97–2003; with a password its file information block says so. */
export function makeWord(options: { readonly text: string; readonly encrypted: boolean }): Buffer {
  const block = Buffer.alloc(4096);
  block.writeUInt16LE(0xa5_ec, 0);
  block.writeUInt16LE(0x00_c1, 2);
  block.writeUInt16LE(options.encrypted ? 0x01_00 : 0, 10);
  block.write(options.text, 1024);
  return makeCompoundFile([{ name: 'WordDocument', content: block }]);
}

/** A workbook of 97–2003; with a password it has a FilePass record behind its first. */
export function makeWorkbook(options: { readonly text: string; readonly encrypted: boolean }): Buffer {
  const begin = Buffer.from('0908100000060500000000000000000000000000', 'hex');
  const filePass = options.encrypted ? Buffer.from('2f000600010001000100', 'hex') : Buffer.alloc(0);
  const end = Buffer.from('0a000000', 'hex');
  return makeCompoundFile([
    { name: 'Workbook', content: Buffer.concat([begin, filePass, end, Buffer.alloc(1024), Buffer.from(options.text)]) },
  ]);
}

export function makePresentation(options: { readonly text: string; readonly encrypted: boolean }): Buffer {
  const user = Buffer.alloc(64);
  user.writeUInt16LE(0x0f_f6, 2);
  user.writeUInt32LE(0x14, 8);
  user.writeUInt32LE(options.encrypted ? 0xf3_d1_c4_df : 0xe3_91_c0_5f, 12);
  return makeCompoundFile([
    { name: 'Current User', content: user },
    { name: 'PowerPoint Document', content: Buffer.from(options.text) },
  ]);
}

export function makeOdf(options: { readonly text: string; readonly encrypted: boolean }): Buffer {
  const mark = options.encrypted
    ? '<manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="AA=="/>'
    : '';
  const manifest = `<?xml version="1.0"?><manifest:manifest><manifest:file-entry manifest:full-path="content.xml">${mark}</manifest:file-entry></manifest:manifest>`;
  return makeZip([
    { name: 'mimetype', content: Buffer.from('application/vnd.oasis.opendocument.text'), method: 0 },
    { name: 'content.xml', content: Buffer.from(options.text) },
    { name: 'META-INF/manifest.xml', content: Buffer.from(manifest) },
  ]);
}
