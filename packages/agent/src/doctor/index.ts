// SPDX-License-Identifier: Apache-2.0
export { examineRoute, type RouteStep } from './manager-route.ts';
export { readOtherProducts, requireNoInterceptor } from './other-products.ts';
export { readSizeFacts, requireSize } from './size.ts';
export { readSystemFacts } from './system-facts.ts';
