// SPDX-License-Identifier: Apache-2.0
// Requests made from the API document alone: whoever adds a route gets its isolation and its fuzz for nothing.
import fc from 'fast-check';

export interface JsonSchema {
  readonly [key: string]: unknown;
}

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/api/v1/tenants/{tenantId}/policies/{id}` */
  readonly path: string;
  readonly right: string;
  readonly parameters: readonly Parameter[];
  readonly body: JsonSchema | null;
  readonly responses: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

interface RawOperation {
  readonly 'x-right': string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

export function operationsOf(document: OpenApiDocument): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method): Operation => {
      const raw = item[method] as RawOperation;
      return {
        method: method.toUpperCase() as Operation['method'],
        path,
        right: raw['x-right'],
        parameters: raw.parameters ?? [],
        body: raw.requestBody?.content?.['application/json']?.schema ?? null,
        responses: Object.keys(raw.responses),
      };
    }),
  );
}

/** A stream does not end: it is asked only where it is refused. */
export const isStream = ({ path }: Operation): boolean => path.endsWith('/live');

export interface ApiRequest {
  readonly method: Operation['method'];
  readonly url: string;
  readonly body: unknown;
}

export interface Known {
  readonly tenantId: string;
  /** Ids that exist, of anything. */
  readonly ids: readonly string[];
}

/** Requests to an operation: `valid` ones fit the schemas; others may have anything anywhere. */
export function requestsTo(
  operation: Operation,
  document: OpenApiDocument,
  known: Known,
  mode: 'valid' | 'hostile',
): fc.Arbitrary<ApiRequest> {
  const value = (schema: JsonSchema) => {
    const good = fitting(schema, document);
    return mode === 'valid' ? good : fc.oneof({ weight: 3, arbitrary: good }, { weight: 1, arbitrary: anything });
  };
  const path = fc.record(
    Object.fromEntries(
      operation.parameters
        .filter((one) => one.in === 'path')
        .map(({ name, schema }) => [name, pathValue(name, value(schema), known, mode)]),
    ),
  );
  const query = fc.record(
    Object.fromEntries(
      operation.parameters.filter((one) => one.in === 'query').map(({ name, schema }) => [name, value(schema)]),
    ),
    { requiredKeys: operation.parameters.filter((one) => one.in === 'query' && one.required).map(({ name }) => name) },
  );
  const body =
    operation.body === null
      ? fc.constant(undefined)
      : mode === 'valid'
        ? value(operation.body)
        : mutated(value(operation.body));
  return fc.record({ path, query, body }).map((made) => ({
    method: operation.method,
    url: formatUrl(operation.path, made.path, made.query),
    body: made.body,
  }));
}

function pathValue(
  name: string,
  good: fc.Arbitrary<unknown>,
  known: Known,
  mode: 'valid' | 'hostile',
): fc.Arbitrary<unknown> {
  if (name === 'tenantId') return fc.constant(known.tenantId);
  const ids = known.ids.length === 0 ? good : fc.constantFrom(...known.ids);
  if (mode === 'valid') return good;
  return fc.oneof(
    { weight: 4, arbitrary: ids },
    { weight: 2, arbitrary: good },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  );
}

function formatUrl(path: string, values: Record<string, unknown>, query: Record<string, unknown>): string {
  const filled = path.replaceAll(
    /\{(\w+)\}/g,
    (_all, name: string) => encodeURIComponent(textOf(values[name])).replaceAll('.', '%2E') || '%20',
  );
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(value))}`,
  );
  return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.toWellFormed();
}

/** Anything that JSON can say, with the texts that break things. */
const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '\u0000',
    "'; drop table x; --",
    '../../etc/passwd',
    '__proto__',
    'constructor',
    '\ud800',
    '💥',
    'a'.repeat(70_000),
    '%00',
    '${7*7}',
    '1e400',
    '9999-99-99T00:00:00Z',
  ),
);
const anything: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom(null, true, -1, 0, 2 ** 31, 2 ** 53, 1e308, -0, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A good value with one of its places made bad, or something else altogether. */
function mutated(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 4, arbitrary: good },
    {
      weight: 3,
      arbitrary: fc.tuple(good, anything, fc.nat(50)).map(([value, other, at]) => replaceAt(value, other, at)),
    },
    { weight: 1, arbitrary: anything },
  );
}

function replaceAt(value: unknown, other: unknown, at: number): unknown {
  const copy: unknown = structuredClone(value);
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(copy);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return other;
  place[0][place[1]] = other;
  return copy;
}

/** Values that fit a JSON schema as our document uses it. What it cannot say (a format's finer rules) the server may still refuse. */
export function fitting(schema: JsonSchema, document: OpenApiDocument, depth = 0): fc.Arbitrary<unknown> {
  const { $ref, anyOf, oneOf, allOf, type } = schema;
  const inner = (one: unknown) => fitting(one as JsonSchema, document, depth + 1);
  if (typeof $ref === 'string') return inner(document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {});
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const choices = (anyOf ?? oneOf) as unknown[] | undefined;
  if (choices !== undefined) return fc.oneof(...choices.map(inner));
  if (Array.isArray(allOf) && type === undefined) return inner(Object.assign({}, ...(allOf as object[])));
  if (Array.isArray(type)) return fc.oneof(...type.map((one: unknown) => inner({ ...schema, type: one })));
  switch (type) {
    case 'object':
      return fittingObject(schema, inner);
    case 'array': {
      const minLength = Number(schema['minItems'] ?? 0);
      const maxLength = Math.max(minLength, Math.min(Number(schema['maxItems'] ?? 3), depth > 4 ? 1 : 3));
      return fc.array(inner(schema['items'] ?? {}), { minLength, maxLength });
    }
    case 'string':
      return fittingString(schema);
    case 'integer':
      return fc.integer({ min: bound(schema['minimum'], -(2 ** 31)), max: bound(schema['maximum'], 2 ** 31 - 1) });
    case 'number':
      return fc.double({ min: bound(schema['minimum'], -1e9), max: bound(schema['maximum'], 1e9), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return depth > 5 ? fc.constant(null) : fc.jsonValue({ maxDepth: 2 });
  }
}

function bound(value: unknown, fallback: number): number {
  const number = Number(value ?? fallback);
  return Math.max(-(2 ** 53) + 1, Math.min(2 ** 53 - 1, number));
}

function fittingObject(schema: JsonSchema, inner: (one: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, unknown>;
  const required = (schema['required'] ?? []) as string[];
  if (Object.keys(properties).length === 0 && schema['additionalProperties'] !== false)
    return fc.dictionary(
      fc.string({ maxLength: 8 }),
      inner(schema['additionalProperties'] === true ? {} : (schema['additionalProperties'] ?? {})),
      { maxKeys: 3 },
    );
  return fc.record(Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, inner(one)])), {
    requiredKeys: required.filter((name) => name in properties),
  });
}

function fittingString(schema: JsonSchema): fc.Arbitrary<string> {
  const { format, pattern } = schema;
  if (format === 'uuid') return fc.uuid({ version: 7 });
  if (format === 'date-time')
    return fc
      .date({ min: new Date('1970-01-02'), max: new Date('9999-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (format === 'email') return fc.integer({ min: 0, max: 1e9 }).map((number) => `user${number}@example.com`);
  if (format === 'uri') return fc.constantFrom('https://hooks.example.com/in', 'http://127.0.0.1:1/');
  const minLength = Number(schema['minLength'] ?? 0);
  const maxLength = Math.max(minLength, Math.min(Number(schema['maxLength'] ?? 30), 60));
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern)).filter((text) => text.length <= 400);
  return fc.string({ minLength, maxLength });
}
