// SPDX-License-Identifier: Apache-2.0
export { openSealer, type Sealer } from './sealer.ts';
