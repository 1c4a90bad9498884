// SPDX-License-Identifier: Apache-2.0
export * from './client.ts';
export * from './fault.ts';
export * from './server.ts';
export type * from './protocol.ts';
