// SPDX-License-Identifier: Apache-2.0
// For tests: by what libclamav tells kinds of files apart, read from the very library that the scan process is linked with. It keeps them as lines of text.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SCANNER = join(import.meta.dirname, '../../.build/native/bin/lazaret-scanner');
const LINE = /^[014]:(?<offset>[^:]*):(?<magic>[^:]+):[^:]+:CL_TYPE_\w+:(?<type>CL_TYPE_\w+)/;

export interface EngineMagic {
  /** The whole line. */
  readonly line: string;
  readonly type: string;
  /** A file that begins as the line says, so far as a file can. */
  readonly head: Buffer;
  /** What has to stand so many bytes before the file's end; null: nothing. */
  readonly foot: { readonly bytes: Buffer; readonly beforeEnd: number } | null;
}

export interface EngineTypes {
  /** Each once, as the library has it; also those for other versions of itself. */
  readonly magics: readonly EngineMagic[];
  /** All of its types, also those that it finds otherwise. */
  readonly names: ReadonlySet<string>;
}

export function engineTypes(): EngineTypes {
  const linked = execFileSync('ldd', [SCANNER], { encoding: 'utf8' });
  const [, path = ''] = /libclamav\.so\S* => (\S+)/.exec(linked) ?? [];
  const texts = new Set(readFileSync(path, 'latin1').split('\0'));
  const magics = [...texts].flatMap((line) => {
    const { offset, magic, type } = LINE.exec(line)?.groups ?? {};
    return offset === undefined || magic === undefined || type === undefined
      ? []
      : [{ line, type, ...placed(offset, asBytes(magic)) }];
  });
  const names = [...texts].flatMap((text) => /^CL_TYPE_\w+$/.exec(text)?.[0] ?? []);
  return { magics, names: new Set([...names, ...magics.map(({ type }) => type)]) };
}

function placed(offset: string, bytes: Buffer): Pick<EngineMagic, 'head' | 'foot'> {
  if (offset.startsWith('EOF-')) return { head: Buffer.alloc(0), foot: { bytes, beforeEnd: Number(offset.slice(4)) } };
  const before = offset === '*' ? 64 : Number(offset.split(',')[0]);
  return { head: Buffer.concat([Buffer.alloc(before), bytes]), foot: null };
}

/** The shortest bytes that a signature in hexadecimal means: half and whole wildcards are 0, the first of alternatives is taken. */
function asBytes(magic: string): Buffer {
  const hex = magic
    .replaceAll(/\(([0-9a-f]+)(?:\|[0-9a-f]+)*\)/gi, '$1')
    .replaceAll(/\{(\d*)(?:-\d*)?\}/g, (_, least: string) => '00'.repeat(Number(least)))
    .replaceAll('*', '')
    .replaceAll('?', '0');
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex)) throw new Error(`a form that this test does not know: ${magic}`);
  return Buffer.from(hex, 'hex');
}
