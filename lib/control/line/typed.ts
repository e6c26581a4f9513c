/** A value with what is known of it. */
export interface Field {
  /** Its place in the order of all. */
  readonly pos: number;
  readonly name: string;
  readonly type: 'str' | 'u32' | 'u64';
  /** Origin, nature and scope, a letter each. */
  readonly tags: string;
  readonly value: string | number;
}

/** The letters in words. Source: HAProxy's management guide, 9.2. */
const ORIGINS: Words = {
  M: 'Metric',
  S: 'Status',
  K: 'Key',
  C: 'Config',
  P: 'Product',
};
const NATURES: Words = {
  A: 'Age',
  a: 'Avg',
  C: 'Counter',
  D: 'Duration',
  G: 'Gauge',
  L: 'Limit',
  M: 'Max',
  N: 'Name',
  O: 'Output',
  R: 'Rate',
};
const SCOPES: Words = { P: 'Process', S: 'Service' };

type Words = Readonly<Record<string, string>>;

/** `4.scur.1:MGP:u32:7`. */
export function typedLine(field: Field): string {
  const { pos, name, type, tags, value } = field;
  return `${pos}.${name}.1:${tags}:${type}:${value}`;
}

/** An element of the JSON form.
 *  @param object  what it is of; left out where there is only one */
export function jsonField(
  field: Field,
  object: Readonly<Record<string, unknown>> = {},
) {
  const { pos, name, type, tags, value } = field;
  const [origin = '', nature = '', scope = ''] = tags;
  return {
    ...object,
    field: { pos, name },
    processNum: 1,
    tags: { origin: ORIGINS[origin], nature: NATURES[nature], scope: SCOPES[scope] },
    value: { type, value },
  };
}
