import type { Method, Route } from '../routes.ts';
import { readObject } from './body.ts';
import { type QueryTable, type QueryValues, readQuery } from './query.ts';
import type { ObjectShape, Shape } from './shape.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

/** What a handler is given: everything looked at already. */
interface Request<Path extends string, Q extends QueryTable, B> {
  readonly ids: { readonly [Name in Names<Path>]: string };
  readonly query: QueryValues<Q>;
  readonly body: B;
  /** Who asks; empty where nothing is changed. */
  readonly by: string;
}

/** A route that answers in JSON, as the compiler sees it: path, query, body and answer. */
interface Row<Path extends string, Q extends QueryTable, B, T> {
  readonly method: Method;
  readonly path: Path;
  readonly summary: string;
  readonly query: Q;
  readonly body?: ObjectShape<B>;
  readonly answer: Shape<T>;
  readonly refusals: readonly number[];
  readonly waits?: boolean;
  readonly handle: (request: Request<Path, Q, B>) => Promise<T>;
}

/** A row of the table of routes. */
export function row<const Path extends string, Q extends QueryTable, B, T>({
  handle,
  ...known
}: Row<Path, Q, B, T>): Route {
  return {
    ...known,
    type: JSON_TYPE,
    async handler(asked) {
      const query = readQuery(known.query, asked.query);
      const body = known.body && readObject(known.body, asked.body);
      const answer = await handle({
        ids: asked.ids as Request<Path, Q, B>['ids'], // whoever found the route made them
        query,
        body: body as B,
        by: known.method === 'GET' ? '' : await asked.by(),
      });
      return jsonBytes(answer);
    },
  };
}

/** A document as it is sent. */
export function jsonBytes(document: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(document)}\n`);
}
