// SPDX-License-Identifier: Apache-2.0
// What crosses the wire between agent and manager (MG-1): HTTP/1.1 and JSON over mutual TLS 1.3, always begun by the agent.
export * from './activation.ts';
export * from './check-in.ts';
export * from './commands.ts';
export * from './enrolment-token.ts';
export * from './limits.ts';
export * from './releases.ts';
export * from './uploads.ts';
