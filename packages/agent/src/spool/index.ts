// SPDX-License-Identifier: Apache-2.0
export { envelopeStamp } from './envelope.ts';
export { openSpool, type Spool } from './spool.ts';
export { spoolReader, type SpoolReader } from './spool-reader.ts';
