// SPDX-License-Identifier: Apache-2.0
// The texts of one language. All languages have the same shape, so a missing text does not compile.
import type { Action } from '@lazaret/core';
import type { AlarmMessage, DetectionMessage, NoticeMessage } from '../message.ts';

export interface Texts {
  readonly detection: (message: DetectionMessage) => { readonly subject: string; readonly what: string };
  readonly repeats: (count: number, from: string, to: string) => string;
  readonly alarm: (message: AlarmMessage) => { readonly subject: string; readonly what: string };
  readonly notice: (message: NoticeMessage) => string;
  readonly test: (by: string) => { readonly subject: string; readonly what: string };
  readonly actions: Readonly<Record<Action, string>>;
  readonly words: {
    readonly vm: string;
    readonly file: string;
    readonly threat: string;
    readonly action: string;
    readonly time: string;
    readonly since: string;
    readonly period: string;
    readonly more: string;
    readonly footer: (tenant: string) => string;
  };
}
