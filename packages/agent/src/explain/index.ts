// SPDX-License-Identifier: Apache-2.0
export * from './explain-file.ts';
