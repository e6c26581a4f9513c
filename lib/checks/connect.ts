import type { Check } from '../model/check.ts';
import { describe } from './message.ts';
import { openSocket, peerOf } from './socket.ts';

/** `checktype = connect`: up when the TCP handshake completes; the connection is closed at
 *  once. Source: ldirectord(8). */
export const connectCheck: Check = async (target, { signal }) => {
  try {
    const socket = await openSocket(peerOf(target), signal);
    socket.destroy();
    return { up: true, message: 'connected' };
  } catch (error) {
    // A port that is closed refuses. Only a connection that was made can be reset.
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET')
      return { up: true, message: 'connected, and reset at once' };
    return { up: false, message: describe(error) };
  }
};
