// SPDX-License-Identifier: Apache-2.0
export * from './closing-on-fault.ts';
export * from './file-facts.ts';
export * from './files.ts';
export * from './host.ts';
export * from './machine.ts';
export * from './mounts.ts';
export * from './object-id.ts';
export * from './open-file.ts';
export * from './open-folder.ts';
export * from './paths.ts';
export * from './processes.ts';
export * from './realtime-source.ts';
export * from './sockets.ts';
