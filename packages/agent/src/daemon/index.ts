// SPDX-License-Identifier: Apache-2.0
export { runDaemon, type DaemonOptions } from './run-daemon.ts';
