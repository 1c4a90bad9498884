// SPDX-License-Identifier: Apache-2.0
export { registerDetectionRoutes } from './routes.ts';
export { listDetections } from './detections.ts';
