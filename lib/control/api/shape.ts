/** JSON Schema 2020-12, as far as it is used here. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a JSON value looks like, for all but the compiler. */
export interface Form {
  readonly schema: Schema;
  /** In words: `a whole number, 0 to 65535`. */
  readonly expected: string;
  /** Whether a value is one; into objects and lists it does not look. */
  readonly is: (value: unknown) => boolean;
  /** Its name in the document, where it has one. */
  readonly name?: string;
  /** What it is made of. */
  readonly parts: readonly Form[];
  /** The field may be left out. */
  readonly optional?: boolean;
}

/** The same, bound to the type: one that says less or more than the type does not compile. So
 *  types, answers and schema are one. */
export interface Shape<T> extends Form {
  readonly is: (value: unknown) => value is T;
  /** Never there: without it `Shape<'a'>` would do for `'a' | 'b'`. */
  readonly exactly?: (value: T) => T;
}

/** One shape a field; a field that may be left out needs {@link optional}. */
export type Fields<T> = {
  readonly [K in keyof T]-?: unknown extends T[K]
    ? Shape<unknown>
    : undefined extends T[K]
      ? Shape<Exclude<T[K], undefined>> & { readonly optional: true }
      : Shape<T[K]>;
};

/** An object's form, and those of its fields. */
export interface ObjectForm extends Form {
  readonly fields: Readonly<Record<string, Form>>;
}

/** An object whose fields are known. */
export interface ObjectShape<T> extends Shape<T>, ObjectForm {
  readonly is: (value: unknown) => value is T;
}

export function text(description?: string): Shape<string> {
  return leaf({ type: 'string', description }, 'text', isText);
}

/** A time in UTC, ISO 8601. */
export function time(description?: string): Shape<string> {
  return leaf({ type: 'string', format: 'date-time', description }, 'a time', isText);
}

/** One of these words. */
export function word<const T extends string>(
  words: readonly T[],
  description?: string,
): Shape<T> {
  return leaf(
    { type: 'string', enum: words, description },
    words.map((one) => `"${one}"`).join(', '),
    (value): value is T => words.some((one) => one === value),
  );
}

/** A whole number. */
export function whole(
  { least, most }: { readonly least?: number; readonly most?: number },
  description?: string,
): Shape<number> {
  const range = most === undefined ? '' : `, ${least ?? 0} to ${most}`;
  return leaf(
    { type: 'integer', minimum: least, maximum: most, description },
    `a whole number${range}`,
    (value): value is number =>
      typeof value === 'number' &&
      Number.isInteger(value) &&
      value >= (least ?? -Infinity) &&
      value <= (most ?? Infinity),
  );
}

/** 0 and more. */
export function count(description?: string): Shape<number> {
  return whole({ least: 0 }, description);
}

export function amount(description?: string): Shape<number> {
  const is = (value: unknown) => typeof value === 'number';
  return leaf({ type: 'number', minimum: 0, description }, 'a number', is);
}

export function flag(description?: string): Shape<boolean> {
  const is = (value: unknown) => typeof value === 'boolean';
  return leaf({ type: 'boolean', description }, 'true or false', is);
}

/** That value and no other. */
export function exactly<const T extends string | boolean>(only: T): Shape<T> {
  return leaf({ const: only }, JSON.stringify(only), (value) => value === only);
}

/** Whatever JSON can hold. */
export function anything(description?: string): Shape<unknown> {
  return leaf({ description }, 'anything', (_value): _value is unknown => true);
}

export function nullable<T>(shape: Shape<T>, description?: string): Shape<T | null> {
  return {
    schema: described({ anyOf: [pointer(shape), { type: 'null' }] }, description),
    expected: `${shape.expected}, or null`,
    is: (value) => value === null || shape.is(value),
    parts: [shape],
  };
}

export function list<T>(shape: Shape<T>, description?: string): Shape<readonly T[]> {
  return {
    schema: described({ type: 'array', items: pointer(shape) }, description),
    expected: 'a list',
    is: (value) => Array.isArray(value),
    parts: [shape],
  };
}

export function optional<T>(shape: Shape<T>): Shape<T> & { readonly optional: true } {
  return { ...shape, optional: true };
}

/** One of several that exclude each other. */
export function oneOf<T extends readonly unknown[]>(
  name: string | undefined,
  ...shapes: { readonly [I in keyof T]: Shape<T[I]> }
): Shape<T[number]> {
  const parts: readonly Form[] = shapes;
  return {
    ...(name === undefined ? {} : { name }),
    schema: { oneOf: parts.map(pointer) },
    expected: parts.map(({ expected }) => expected).join(', or '),
    is: (value): value is T[number] => parts.some(({ is }) => is(value)),
    parts,
  };
}

/** Exactly these fields. */
export function object<T extends object>(
  name: string | undefined,
  fields: Fields<T>,
  description?: string,
): ObjectShape<T> {
  const rows = Object.entries<Form>(fields);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(rows.map(([key, form]) => [key, pointer(form)])),
    required: rows.flatMap(([key, form]) => (form.optional ? [] : [key])),
    additionalProperties: false,
  };
  return {
    ...(name === undefined ? {} : { name }),
    schema: described(schema, description),
    expected: `an object of ${rows.map(([key]) => key).join(', ')}`,
    is: (value): value is T =>
      typeof value === 'object' && value !== null && !Array.isArray(value),
    parts: rows.map(([, form]) => form),
    fields: Object.fromEntries(rows),
  };
}

/** The schema, or where it stands. */
export function pointer({ name, schema }: Form): Schema {
  return name === undefined ? schema : { $ref: `#/components/schemas/${name}` };
}

function leaf<T>(
  schema: Schema,
  expected: string,
  is: (value: unknown) => boolean,
): Shape<T> {
  const { description, ...rest } = schema;
  return {
    schema: described(rest, description),
    expected,
    is: (value): value is T => is(value),
    parts: [],
  };
}

/** Without what is undefined. */
function described(schema: Schema, description: unknown): Schema {
  const all = Object.entries({ ...schema, description });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
