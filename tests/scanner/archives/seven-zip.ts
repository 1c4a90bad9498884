// SPDX-License-Identifier: Apache-2.0
// What 7z says of an archive: a second reader, which shares no line with libarchive, libclamav or us.
import { spawn } from 'node:child_process';

/** `none`: it knows no archive there. */
export type SevenZipSays = 'whole' | 'encrypted' | 'unsupported' | 'damaged' | 'none' | 'too-long';

const TIMEOUT_MS = 60_000;

/** `t` unpacks every member, with a password that is wrong. */
export async function askSevenZip(path: string): Promise<{ says: SevenZipSays; text: string }> {
  const { code, text } = await run(['t', '-y', '-pwrong', path]);
  return { says: code === null ? 'too-long' : meaningOf(code, text), text };
}

function meaningOf(code: number, text: string): SevenZipSays {
  if (/in encrypted file|encrypted archive|rong password|^Encrypted = \+/m.test(text)) return 'encrypted';
  if (/Unsupported Method/.test(text)) return 'unsupported';
  if (
    /open the file as archive|Is not archive|Can not open file as archive/.test(text) &&
    !/Headers Error|Unexpected end/.test(text)
  )
    return 'none';
  return code === 0 && !/Warnings: [1-9]|WARNING/.test(text) ? 'whole' : 'damaged';
}

function run(argv: readonly string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('7z', argv, { stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
    let text = '';
    const keep = (chunk: Buffer): void => {
      text = (text + chunk.toString('latin1')).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, text }));
  });
}
