import t from 'tap';
import {
  type Listener,
  movedTo,
  unheard,
} from '../../../../lib/engines/net/listening/listener-state.ts';

const id = 'tcp:10.1.1.19:80';
const at = (port: number) => ({
  ...({ id, protocol: 'tcp', address: '10.1.1.19' } as const),
  port,
});
const listening = (listener: Listener) => {
  listener.reports.set(0, { id, state: 'listening' });
  return listener;
};

t.test('another port has to be claimed, and the one before need not', async (t) => {
  const first = listening(unheard(at(80)));
  const second = listening(movedTo(at(61_000), first));
  t.match(second, { claimed: false, former: { port: 80 }, place: { port: 61_000 } });
  t.equal(movedTo(at(80), second).claimed, true, 'its own workers linger there');
  t.equal(movedTo(at(61_001), second).claimed, false);
});

t.test('nor is that so after a while, or where nothing listened', async (t) => {
  const until = performance.now() - 1;
  const late = { ...listening(unheard(at(61_000))), former: { port: 80, until } };
  t.equal(movedTo(at(80), late).claimed, false);
  const never = movedTo(at(61_000), unheard(at(80)));
  t.equal(never.former, undefined);
  t.equal(movedTo(at(80), never).claimed, false);
});
