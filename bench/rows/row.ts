import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import type { Layout } from '../stage.ts';
import type { Subject } from '../subjects/subject.ts';

/** One figure that a row tells of every subject. */
export interface Measure {
  /** As a column is headed: `CPU us a request`. */
  readonly title: string;
  readonly digits: number;
  /** It tells of the load and not of the subject: nothing to compare. */
  readonly given?: boolean;
}

/** By the keys of the row's measures; a figure that a subject does not have is left out. */
export type Figures = Readonly<Record<string, number>>;

/** Where on its curve a row is measured; most rows have one point. */
export interface Point {
  /** `2,000 real servers` */
  readonly label: string;
  /** How much of what grows: 2,000. */
  readonly size: number;
  readonly layout: Layout;
}

/** One thing that is measured. */
export interface Row {
  readonly title: string;
  /** What the load is, in a sentence or two of Markdown. */
  readonly about: string;
  /** What would make it possible here; undefined: it is. */
  readonly lacks: () => string | undefined;
  readonly points: (options: Options) => readonly Point[];
  readonly measures: Readonly<Record<string, Measure>>;
  /** Key of the measure that the chart shows. */
  readonly charted: string;
  /** The subject whose medians are the 1 of the ratios. */
  readonly against: string;
  /** Whether it is measured with nobody between, too. */
  readonly direct: boolean;
  /** Once. @throws when the subject fails at it */
  readonly measure: (
    subject: Subject,
    point: Point,
    context: Context,
  ) => Promise<Figures>;
}
