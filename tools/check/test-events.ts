// SPDX-License-Identifier: Apache-2.0
// The events of node:test's stream that ./check reads (https://nodejs.org/api/test.html#class-testsstream).

interface Ended {
  readonly name: string;
  readonly file?: string;
  readonly nesting?: number;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details: {
    readonly type?: string;
    readonly duration_ms?: number;
    readonly error?: { readonly cause?: unknown; readonly failureType?: string };
  };
}

export type TestEvent =
  | { readonly type: 'test:pass' | 'test:fail'; readonly data: Ended }
  | { readonly type: 'test:stdout' | 'test:stderr'; readonly data: { readonly message: string } }
  | { readonly type: 'test:other'; readonly data: unknown };
