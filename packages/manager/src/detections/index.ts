// SPDX-License-Identifier: Apache-2.0
export { registerDetectionRoutes } from './routes.ts';
export { findDetection, listDetections } from './detections.ts';
