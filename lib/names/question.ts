/** What a name server is asked. */
export interface Question {
  /** Whole, in small letters, without a dot at the end. */
  readonly name: string;
  readonly type: QuestionType;
}

export type QuestionType = 'A' | 'AAAA' | 'SRV';

/** One record of an answer. Plain data. */
export type NameRecord = AddressRecord | SrvRecord;

export interface AddressRecord {
  /** Numeric, in its usual form. */
  readonly address: string;
}

/** Source: RFC 2782. */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** As a question's name. */
  readonly target: string;
}

/** What a name server said, that it was in a position to say. */
export interface Answer {
  /** Each once, in the server's order; none: that there is no such name, or nothing of that type. */
  readonly records: readonly NameRecord[];
  /** For how long that holds. */
  readonly ttlMs: number;
  /** Why there are none, in words; undefined: there are. */
  readonly empty: string | undefined;
}

/** One text for each question. */
export function questionKey({ name, type }: Question): string {
  return `${type} ${name}`;
}

/** One text for each record. */
export function recordText(record: NameRecord): string {
  if ('address' in record) return record.address;
  const { priority, weight, port, target } = record;
  return `${target}:${port} priority ${priority} weight ${weight}`;
}

/** What of a record is the server, and not what is said of it. */
export function recordId(record: NameRecord): string {
  return 'address' in record ? record.address : `${record.target}:${record.port}`;
}
