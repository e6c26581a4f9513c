import { Socket } from 'node:net';

/** Where this thread may connect to. */
interface Place {
  readonly host: string;
  readonly port: number;
}

interface Options {
  readonly host?: string;
  readonly port?: number | string;
}

/** From now on this thread connects to that place only: a hostile server may name any other, and there may be somebody.
 *  All else fails as if nobody were there. Disposing takes that back. */
export function fence(allowed: Place): Disposable {
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function fenced(this: Socket, ...given: unknown[]) {
    const [options] = given.flat() as [Options];
    const { host, port } = options;
    if (host === allowed.host && Number(port) === allowed.port)
      return Reflect.apply(connect, this, given);
    const error = new Error(`connect ECONNREFUSED ${host}:${port}`);
    process.nextTick(() =>
      this.destroy(Object.assign(error, { code: 'ECONNREFUSED' })),
    );
    return this;
  } as typeof connect;
  return {
    [Symbol.dispose]() {
      Socket.prototype.connect = connect;
    },
  };
}
