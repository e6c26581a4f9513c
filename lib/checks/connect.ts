import type { Check } from '../model/check.ts';
import { describe } from './message.ts';
import { openSocket } from './socket.ts';

/** `checktype = connect`: up when the TCP handshake completes; the connection is closed at
 *  once. Source: ldirectord(8). */
export const connectCheck: Check = async ({ address, port }, { signal }) => {
  if (port === 0)
    return {
      up: false,
      message: 'no port to connect to: give the real server one, or set checkport',
    };
  try {
    const socket = await openSocket({ host: address, port }, signal);
    socket.destroy();
    return { up: true, message: 'connected' };
  } catch (error) {
    return { up: false, message: describe(error) };
  }
};
