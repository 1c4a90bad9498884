// SPDX-License-Identifier: Apache-2.0
/** A catalogue in another language: the same keys. Japanese has no plural form, so `…_one` is left out. */
export type WordsOf<T> = {
  readonly [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : WordsOf<T[K]>;
};
