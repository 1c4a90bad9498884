// SPDX-License-Identifier: Apache-2.0
// Layers upon layers in every format that can be made here, and what LM-5 says of them: an oracle that counts by itself.
import assert from 'node:assert/strict';
import {
  compressBy,
  makeAr,
  makeArj,
  makeCab,
  makeCompoundFile,
  makeCpio,
  makeLha,
  makeMail,
  makeRar4,
  makeRar5,
  makeRpm,
  makeTar,
  makeZip,
  pack7z,
  packCompress,
  packIso,
  packLzip,
} from '@lazaret/testkit';

const MIB = 1_048_576;

export interface Layer {
  readonly format: string;
  readonly content: Buffer;
  /** Compressions of this layer alone: 0 or 1. */
  readonly counts: number;
}

export interface LayerFormat {
  readonly counts: number;
  /** Null: it cannot hold this. */
  wrap(content: Buffer): Buffer | null;
}

/** LM-5: mail, tar, cpio, ar, ISO and OLE2 count none, every compressed stream and every archive that compresses counts one. */
export function layerFormats(directory: string): Readonly<Record<string, LayerFormat>> {
  const file = (content: Buffer) => [{ name: 'in', content }];
  const counted: Record<string, (content: Buffer) => Buffer | null> = {
    ...Object.fromEntries(
      ['gzip', 'bzip2', 'xz', 'zstd', 'lz4'].map((name) => [name, (content) => compressBy(name, content)]),
    ),
    lzma: (content) => compressBy('xz', content, '--format=lzma'),
    lzip: packLzip,
    compress: (content) => (content.length > 250 ? null : packCompress(content)),
    zip: (content) => makeZip(file(content)),
    '7z': (content) => pack7z(directory, [{ files: file(content), switches: [] }]),
    cab: (content) => makeCab(file(content), { method: 1 }),
    lha: (content) => makeLha(file(content)),
    rar4: (content) => makeRar4(file(content)),
    rar5: (content) => makeRar5(file(content)),
    rpm: (content) => makeRpm(file(content)),
    arj: (content) => makeArj(file(content)),
  };
  const free: Record<string, (content: Buffer) => Buffer | null> = {
    tar: (content) => makeTar(file(content)),
    cpio: (content) => makeCpio(file(content)),
    ar: (content) => makeAr(file(content)),
    iso: (content) => packIso(directory, file(content)),
    mail: (content) => makeMail({ name: 'in.bin', content }),
    // Shorter streams lie elsewhere, longer ones need a second table.
    ole2: (content) =>
      content.length < 4_096 || content.length > 60_000 ? null : makeCompoundFile([{ name: 'Contents', content }]),
  };
  const all = (counts: number, list: typeof free): [string, LayerFormat][] =>
    Object.entries(list).map(([name, wrap]) => [name, { counts, wrap }]);
  return Object.fromEntries([...all(1, counted), ...all(0, free)]);
}

/** In that format, or in a tar where that cannot hold it. */
export function wrapped(inner: Layer, format: string, formats: Readonly<Record<string, LayerFormat>>): Layer | null {
  const chosen = formats[format] ?? assert.fail(format);
  const content = chosen.wrap(inner.content);
  if (content !== null && content.length < MIB) return { format, content, counts: chosen.counts };
  if (inner.content.length > MIB / 2) return null;
  return { format: 'tar', content: makeTar([{ name: 'in', content: inner.content }]), counts: 0 };
}

/** Of a long one (an image, mostly zeros, which take for ever to be looked for) the part where its mark stands. */
function standsIn(outer: Buffer, inner: Buffer): boolean {
  return outer.includes(inner.length < 20_000 ? inner : inner.subarray(32_700, 34_800));
}

/** Of a zip the engine needs no more than one entry: its list may be packed. */
function entryStandsIn(outer: Buffer, { format, content }: Layer): boolean {
  const listAt = format === 'zip' ? content.indexOf('PK\u0001\u0002') : -1;
  return listAt > 0 && standsIn(outer, content.subarray(0, listAt));
}

/**
 * How often each layer's content was compressed, as seen from the outermost. Some formats store what does not compress: then an inner layer stands in plain view
 * of an outer one, and whoever looks at those bytes – the engine does – may find it there (`inView`), and opens it as
 * it does a self-extracting program's, which the engine does not count. `cut`: a row of the ledger says `layers`.
 */
export function expectedOf(
  layers: readonly Layer[],
  marker: string,
  inView: boolean,
): { readonly found: boolean; readonly cut: boolean } {
  const last = layers.length - 1;
  const depths = layers.map(() => Number.POSITIVE_INFINITY);
  depths[last] = 0;
  for (let at = last; at > 0; at--) {
    const [layer, depth] = [layers[at] ?? assert.fail(), depths[at] ?? 0];
    for (let inner = at - 1; inner >= 0; inner--) {
      const within = layers[inner] ?? assert.fail();
      const embedded = inView && standsIn(layer.content, within.content);
      const less = (index: number) => (depths[index] = Math.min(depths[index] ?? 0, depth + layer.counts));
      if (inner === at - 1 || embedded) less(inner);
      if (inner > 0 && (embedded || (inView && entryStandsIn(layer.content, within)))) less(inner - 1);
    }
  }
  const found = layers.some(({ content }, at) => (depths[at] ?? 0) <= 5 && content.includes(marker));
  return { found, cut: (depths[0] ?? 0) > 5 };
}
