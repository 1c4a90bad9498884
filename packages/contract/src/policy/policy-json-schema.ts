// SPDX-License-Identifier: Apache-2.0
// The shape of a policy document as JSON Schema (draft 2020-12), made of the schema that checks it: for editors, for the API document, and to name the
// field that a misspelt one was meant to be.
import { formatPointer } from '@lazaret/core';
import { z } from 'zod';
import { policySchema } from './policy-schema.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;
type Steps = readonly (string | number)[];

let made: JsonSchema | null = null;

/** Strict: a document of this version has no other fields. What only a check can know (a path, a time of day) it leaves open. */
export function policyJsonSchema(): JsonSchema {
  made ??= z.toJSONSchema(policySchema(), {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.properties !== undefined) jsonSchema.additionalProperties = false;
    },
  });
  return made;
}

/** The names that the object at this place may have. Of variants: those of the kind that the document chose, or of all. */
export function knownFieldsAt(document: unknown, steps: Steps): readonly string[] {
  let places: readonly JsonSchema[] = [policyJsonSchema()];
  let value = document;
  for (const step of steps) {
    places = variantsOf(places, value).flatMap((place) => innerOf(place, step));
    value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  }
  return [...new Set(variantsOf(places, value).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** Where a name is a field, as pointers; places in lists are left out. */
export function placesOfField(name: string): readonly string[] {
  return namedPlaces(policyJsonSchema(), []).get(name) ?? [];
}

function variantsOf(places: readonly JsonSchema[], value: unknown): readonly JsonSchema[] {
  const all = places.flatMap((place) => place.oneOf ?? place.anyOf ?? [place]) as readonly JsonSchema[];
  const kind: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'kind') : undefined;
  const chosen = all.filter(({ properties }) => (properties?.['kind'] as JsonSchema | undefined)?.const === kind);
  return chosen.length === 0 ? all : chosen;
}

function innerOf({ properties, items }: JsonSchema, step: string | number): readonly JsonSchema[] {
  const inner =
    typeof step === 'number' ? items : Object.hasOwn(properties ?? {}, step) ? properties?.[step] : undefined;
  return typeof inner === 'object' && !Array.isArray(inner) ? [inner] : [];
}

function namedPlaces(place: JsonSchema, steps: Steps): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [name, inner] of Object.entries(place.properties ?? {})) {
    const pointer = formatPointer([...steps, name]);
    found.set(name, [...(found.get(name) ?? []), pointer]);
    for (const [below, pointers] of namedPlaces(inner as JsonSchema, [...steps, name]))
      found.set(below, [...(found.get(below) ?? []), ...pointers]);
  }
  return found;
}
