// SPDX-License-Identifier: Apache-2.0
export { evaluateAll, keepEvaluating } from './keep-evaluating.ts';
export { followScanAlarms } from './scan-alarms.ts';
export { alarmRows, presentAlarm, registerAlarmRoutes } from './routes.ts';
