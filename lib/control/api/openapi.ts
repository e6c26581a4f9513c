import { namesIn, type Route } from '../routes.ts';
import { STREAM_TYPE } from './event-stream.ts';
import { JSON_TYPE, jsonBytes } from './row.ts';
import {
  type Form,
  list,
  object,
  optional,
  pointer,
  type Schema,
  text,
} from './shape.ts';

/** Changes when a client must: a field taken away, a path moved. */
const CONTRACT = '1.0.0';

interface RefusalBody {
  readonly error: string;
  readonly errors?: readonly string[];
  readonly exists?: readonly Exists[];
}
type Exists = Readonly<Record<'method' | 'path' | 'summary', string>>;

const REFUSAL = object<RefusalBody>('Refusal', {
  error: text('in words for the operator'),
  errors: optional(list(text(), 'where there are several reasons: one each')),
  exists: optional(
    list(
      object<Exists>(undefined, { method: text(), path: text(), summary: text() }),
      'what there is, where nothing is found',
    ),
  ),
});

const PATH_PARAMETERS: Readonly<Record<string, string>> = {
  service: 'a virtual service: `tcp:10.1.1.19:80`, `udp:[2001:db8::1]:53`, `fwm:5`',
  real: 'a real server: `10.1.1.21:80`',
  id: 'a connection, by its `id`',
};

/** When a request is refused, by status. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'not understood: says what was expected',
  403: 'the socket is read-only',
  404: 'not there',
  408: 'the request did not end within 10 s',
  409: 'there, but this cannot be done with it',
  413: 'the body is longer than 16 KiB',
  414: 'the URL is longer than 1 KiB',
  415: 'the body is not said to be JSON',
  422: 'the config is bad, and nothing has changed',
  431: 'the headers are longer than 8 KiB',
  503: 'no answer from the director in time, or too many wait for one',
};

const REFUSED: Schema = Object.fromEntries(
  Object.entries(REFUSALS).map(([status, description]) => [
    nameOf(status),
    { description, content: content(REFUSAL) },
  ]),
);

/** Serves the description of all the others and itself. */
export function openapiRoute(others: readonly Route[]): Route {
  const route: Route = {
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'all this for machines: OpenAPI 3.1',
    query: {},
    type: JSON_TYPE,
    answer: {
      schema: { type: 'object' },
      expected: 'an object',
      is: () => true,
      parts: [],
    },
    refusals: [],
    handler: async () => bytes,
  };
  const bytes = jsonBytes(describe([...others, route]));
  return route;
}

/** The OpenAPI document of these routes. */
function describe(routes: readonly Route[]): Schema {
  const paths = [...new Set(routes.map(({ path }) => path))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'l4director',
      version: CONTRACT,
      summary: "A director's control socket.",
      description:
        'HTTP on a Unix socket: curl --unix-socket SOCKET http://l4director/v1/status. ' +
        'One connection is one request. HEAD is answered wherever GET is.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://l4director', description: 'any host name will do' }],
    security: [],
    paths: Object.fromEntries(
      paths.map((path) => [path, item(routes.filter((route) => route.path === path))]),
    ),
    components: { schemas: schemasOf(routes), responses: REFUSED },
  };
}

function item(routes: readonly Route[]): Schema {
  const [first] = routes;
  const names = namesIn(first?.path ?? '');
  const parameters = names.map((name) => ({
    name,
    in: 'path',
    required: true,
    description: PATH_PARAMETERS[name],
    schema: { type: 'string', minLength: 1 },
  }));
  const operations = routes.map((route) => [
    route.method.toLowerCase(),
    operation(route),
  ]);
  return {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...Object.fromEntries(operations),
  };
}

function operation(route: Route): Schema {
  const { method, path, summary, query, body } = route;
  const words = path
    .split('/')
    .filter((word) => /^[a-z.]+$/.test(word) && word !== 'v1');
  const one = path.endsWith('}') ? 'one' : '';
  const parameters = Object.entries(query).map(
    ([name, { form, summary, example }]) => ({
      name,
      in: 'query',
      description: summary,
      schema: form.schema,
      example: form.schema.type === 'integer' ? Number(example) : example,
    }),
  );
  if (route.streams)
    parameters.push({
      name: 'last-event-id',
      in: 'header',
      description: 'as since; counts where both are there',
      schema: { type: 'string' },
      example: '42',
    });
  return {
    operationId: [method.toLowerCase(), ...words, one].filter(Boolean).join('-'),
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body ? { requestBody: { required: true, content: content(body) } } : {}),
    responses: { 200: answer(route), ...refusals(route) },
  };
}

function answer({ summary, type, answer, streams }: Route): Schema {
  const [media = type] = type.split(';');
  const text = { schema: { type: 'string' } };
  return {
    description: summary,
    content: {
      ...(answer ? content(answer) : { [media]: text }),
      ...(streams ? { [STREAM_TYPE.split(';')[0] ?? '']: text } : {}),
    },
  };
}

/** Which it can have: its own, and those that come with what it takes. */
function refusals({ method, body, refusals }: Route): Schema {
  const statuses = new Set([400, 408, 414, 431, 503, ...refusals]);
  if (method !== 'GET') statuses.add(403);
  if (body) statuses.add(413).add(415);
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      { $ref: `#/components/responses/${nameOf(status)}` },
    ]),
  );
}

function nameOf(status: number | string): string {
  return `Refused${status}`;
}

function content(form: Form): Schema {
  return { 'application/json': { schema: pointer(form) } };
}

function schemasOf(routes: readonly Route[]): Schema {
  const found = new Map<string, Schema>();
  const visit = ({ name, schema, parts }: Form): void => {
    if (name !== undefined) found.set(name, schema);
    parts.forEach(visit);
  };
  const roots: readonly (Form | undefined)[] = [
    REFUSAL,
    ...routes.flatMap(({ body, answer }) => [body, answer]),
  ];
  for (const form of roots) if (form) visit(form);
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
