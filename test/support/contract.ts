import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Test } from 'tap';
import { ask, type Reply, type Words } from './control.ts';

interface Operation {
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>;
}
interface Response {
  readonly content: Readonly<Record<string, { readonly schema: object }>>;
}
type Item = Readonly<Record<string, Operation>>;

/** The part of an OpenAPI document that answers are held against. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Item>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

/** A control socket and the document it serves. */
export interface Contract {
  readonly document: ApiDocument;
  /** `GET /v1/services` for each row of the document. */
  readonly rows: readonly string[];
  /** Rows that were held, each with the statuses seen. */
  readonly held: ReadonlyMap<string, ReadonlySet<number>>;
  /** Asks, and holds the answer against its row.
   *  @param row  `PATCH /v1/services/{service}`
   *  @param url  what is asked, where the row's path has names or a query is wanted */
  hold(row: string, url?: string, words?: Omit<Words, 'method'>): Promise<Reply>;
}

export async function openContract(t: Test, path: string): Promise<Contract> {
  const { text } = await ask(path, '/v1/openapi.json');
  const document: ApiDocument = JSON.parse(text);
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  formats.default(ajv);
  // Patterns of OpenAPI around the schemas are no keywords of ajv's.
  ajv.addVocabulary(['components', 'example']);
  ajv.addSchema({ $id: 'api', components: document.components });
  const held = new Map<string, Set<number>>();

  const schemaOf = (row: string, status: number | undefined, type: string) => {
    const [method = '', path = ''] = row.split(' ');
    const operation = document.paths[path]?.[method.toLowerCase()];
    const found = operation?.responses[String(status)];
    const { responses } = document.components;
    const response =
      found && '$ref' in found ? responses[found.$ref.split('/').at(-1) ?? ''] : found;
    return response?.content[type]?.schema;
  };
  return {
    document,
    held,
    rows: Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).flatMap((method) =>
        method === 'parameters' ? [] : [`${method.toUpperCase()} ${path}`],
      ),
    ),
    async hold(row, url = row.split(' ')[1] ?? '', words = {}) {
      const [method = ''] = row.split(' ');
      const reply = await ask(path, url, { ...words, method });
      const { status = 0 } = reply;
      const type = reply.headers['content-type']?.split(';')[0] ?? '';
      const schema = schemaOf(row, status, type);
      if (!t.ok(schema, `${row} may answer ${status} with ${type}`) || !schema)
        return reply;
      const local = JSON.stringify(schema).replaceAll('"#/', '"api#/');
      const validate = ajv.compile(JSON.parse(local));
      const answer: unknown =
        type === 'application/json' ? JSON.parse(reply.text) : reply.text;
      validate(answer);
      t.same(validate.errors ?? [], [], `${method} ${url}: ${status}`);
      held.set(row, (held.get(row) ?? new Set()).add(status));
      return reply;
    },
  };
}
