// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { type Arrows, findArrows, hasCycle, readSources, withoutDetours } from './arrows.ts';

const ROOT = join(import.meta.dirname, '../../..');
export const DOCUMENT: string = join(ROOT, 'docs/reference/rooms.md');

const packageOf = (path: string): string | null => /^((?:apps|packages|native)\/[a-z]+)\//.exec(path)?.[1] ?? null;
const featureOf =
  (folder: string) =>
  (path: string): string | null =>
    path.startsWith(`${folder}/`) ? (/^([a-z-]+)\//.exec(path.slice(folder.length + 1))?.[1] ?? null) : null;

export function formatRooms(): string {
  const sources = readSources(ROOT);
  const agent = findArrows(sources, featureOf('packages/agent/src'));
  return `# The rooms of the code

Generated from the import statements of the sources by \`node tools/codegen/rooms/main.ts\`; do not edit. What each room holds is said in [ARCHITECTURE](../../ARCHITECTURE.md).

An arrow says that a room imports another. An arrow that follows from others is left out: where A imports B and B imports C, an arrow from A to C is not drawn. Tests are not counted.

## Packages and programs

${picture(findArrows(sources, packageOf))}

## Features of the agent

The folders of \`packages/agent/src\`.

${picture(agent)}
`;
}

/** A chart in Mermaid. */
export function picture(arrows: Arrows): string {
  const drawn = hasCycle(arrows) ? arrows : withoutDetours(arrows);
  const idOf = (room: string): string => room.replaceAll(/[^a-z]/g, '_');
  const lines: string[] = [];
  for (const [room, to] of drawn) {
    lines.push(`  ${idOf(room)}[${room}]`);
    for (const target of to) lines.push(`  ${idOf(room)} --> ${idOf(target)}`);
  }
  return ['```mermaid', 'flowchart TB', ...lines, '```'].join('\n');
}
