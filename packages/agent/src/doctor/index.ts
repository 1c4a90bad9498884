// SPDX-License-Identifier: Apache-2.0
export { readSystemFacts } from './system-facts.ts';
