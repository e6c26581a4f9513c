/** Words of a record that all threads share; each worker's own column follows them. Even, for the
 *  64-bit numbers in both. */
export const SHARED_WORDS = 26;
/** A worker's column: of a server two words, then four 64-bit numbers; of a service five of these. */
export const COLUMN_WORDS = 10;
export const RECORDS_A_SEGMENT = 16_384;

/** One record's place: the arrays over its segment, and the index of its first word. */
export interface Cell {
  readonly words: Int32Array;
  /** The same bytes as 64-bit floats: element n lies over words 2n and 2n + 1. */
  readonly numbers: Float64Array;
  readonly at: number;
}

interface Segment {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
}

/** The memory that the main thread and the workers have in common: records of equal size, in
 *  segments that are added and never moved, so that growing disturbs nobody. */
export class Memory {
  readonly workers: number;
  readonly #segments: Segment[] = [];

  constructor(workers: number) {
    this.workers = workers;
  }

  get capacity(): number {
    return this.#segments.length * RECORDS_A_SEGMENT;
  }

  /** Main thread: makes the next segment. Every worker must attach it before it is told of
   *  a record in it. */
  grow(): SharedArrayBuffer {
    const bytes = RECORDS_A_SEGMENT * this.#stride * Int32Array.BYTES_PER_ELEMENT;
    const buffer = new SharedArrayBuffer(bytes);
    this.attach(buffer);
    return buffer;
  }

  attach(buffer: SharedArrayBuffer): void {
    this.#segments.push({
      words: new Int32Array(buffer),
      numbers: new Float64Array(buffer),
    });
  }

  /** @throws RangeError when no segment holds the record */
  cell(record: number): Cell {
    const segment = this.#segments[Math.floor(record / RECORDS_A_SEGMENT)];
    if (!segment) throw new RangeError(`record ${record} of ${this.capacity}`);
    const at = (record % RECORDS_A_SEGMENT) * this.#stride;
    return { words: segment.words, numbers: segment.numbers, at };
  }

  get #stride(): number {
    return SHARED_WORDS + this.workers * COLUMN_WORDS;
  }
}

/** First word of a worker's column in a cell. */
export function columnOf(cell: Cell, worker: number): number {
  return cell.at + SHARED_WORDS + worker * COLUMN_WORDS;
}
