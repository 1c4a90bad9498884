// SPDX-License-Identifier: Apache-2.0
// The mounts of this process's namespace, from /proc/self/mountinfo.
import { readFileSync } from 'node:fs';

/** `root`: which directory of the file system the mount shows. Paths are bytes. */
export interface Mount {
  readonly id: number;
  readonly parentId: number;
  readonly device: string;
  readonly root: Buffer;
  readonly mountPoint: Buffer;
  readonly fileSystemType: string;
  readonly source: string;
  readonly readOnly: boolean;
  /** Of an overlay: where its layers lie, as whoever mounted it named them. */
  readonly layers: readonly Buffer[];
}

export function readMounts(path = '/proc/self/mountinfo'): readonly Mount[] {
  return readFileSync(path, 'latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map(parseMount);
}

function parseMount(line: string): Mount {
  const [before = '', after = ''] = line.split(' - ', 2);
  const [id, parentId, device = '', root = '', mountPoint = '', options = ''] = before.split(' ');
  const [fileSystemType = '', source = '', superOptions = ''] = after.split(' ');
  return {
    id: Number(id),
    parentId: Number(parentId),
    device,
    root: unescape(root),
    mountPoint: unescape(mountPoint),
    fileSystemType,
    source: unescape(source).toString(),
    readOnly: options.split(',').includes('ro'),
    layers: fileSystemType === 'overlay' ? superOptions.split(',').flatMap(layersOf) : [],
  };
}

/** Lower layers stand in one option, with colons between (before one of a name stands a backslash), or in one each, as the newer mount calls have it. */
function layersOf(option: string): readonly Buffer[] {
  const [, name, value = ''] = /^(upperdir|lowerdir\+?|datadir\+)=(.*)$/.exec(option) ?? [];
  if (name === undefined) return [];
  const text = unescape(value).toString('latin1');
  const layers = name === 'lowerdir' ? (text.match(/(?:\\.|[^:\\])+/gs) ?? []) : [text];
  return layers.map((layer) => Buffer.from(name === 'lowerdir' ? layer.replaceAll(/\\(.)/gs, '$1') : layer, 'latin1'));
}

/** The kernel writes space, tab, newline and backslash as three octal digits. */
function unescape(text: string): Buffer {
  const plain = text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 8)),
  );
  return Buffer.from(plain, 'latin1');
}
