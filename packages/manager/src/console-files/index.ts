// SPDX-License-Identifier: Apache-2.0
export { registerConsoleFiles } from './routes.ts';
