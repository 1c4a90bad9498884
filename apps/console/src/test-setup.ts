// SPDX-License-Identifier: Apache-2.0
// What a browser has and happy-dom lacks, for component tests.
import { config } from 'zod';

config({ jitless: true });
