// SPDX-License-Identifier: Apache-2.0
export { checkByEngine, type CheckPatterns } from './check-patterns.ts';
export { ensureFirstRelease } from './first-release.ts';
export { type PatternOptions, registerPatternRoutes } from './routes.ts';
export { workSignatureChecks } from './signatures.ts';
