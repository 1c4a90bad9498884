// SPDX-License-Identifier: Apache-2.0
export { examineRoute } from './manager-route.ts';
export { readOtherProducts, requireNoInterceptor } from './other-products.ts';
export type { RouteStep } from './route-steps.ts';
export { readSizeFacts, requireSize } from './size.ts';
export { readSystemFacts } from './system-facts.ts';
