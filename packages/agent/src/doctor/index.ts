// SPDX-License-Identifier: Apache-2.0
export { examineRoute } from './manager-route.ts';
export { readOtherProducts, requireNoInterceptor } from '@lazaret/host';
export type { RouteStep } from './route-steps.ts';
export { readSizeFacts, requireSize } from '@lazaret/host';
export { readSystemFacts } from '@lazaret/host';
