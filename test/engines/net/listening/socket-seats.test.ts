import t from 'tap';
import { SocketSeats } from '../../../../lib/engines/net/listening/socket-seats.ts';

const socket = (descriptor: number, address: string, port = 80) => {
  return { descriptor, address, port };
};
const place = (address: string, port = 80) => ({ protocol: 'tcp', address, port });

t.test('sockets of one service go to as many workers as can be', async (t) => {
  const sockets = [
    socket(3, '10.0.0.1'),
    socket(4, '10.0.0.2'),
    socket(5, '10.0.0.1'),
    socket(6, '2001:db8::1'),
  ];
  const seats = new SocketSeats(sockets, 2);
  t.strictSame(seats.of(place('10.0.0.1')), [
    { descriptor: 3, worker: 0 },
    { descriptor: 5, worker: 1 },
  ]);
  t.strictSame(seats.of(place('10.0.0.2')), [{ descriptor: 4, worker: 0 }]);
  t.strictSame(seats.of(place('2001:DB8:0::0:1')), [{ descriptor: 6, worker: 1 }]);
  t.strictSame(new SocketSeats(sockets, 1).of(place('10.0.0.1')), [
    { descriptor: 3, worker: 0 },
    { descriptor: 5, worker: 0 },
  ]);
});

t.test('a service has those of its own address, port and protocol only', async (t) => {
  const seats = new SocketSeats([socket(3, '10.0.0.1')], 4);
  for (const other of [
    place('10.0.0.1', 81),
    place('0.0.0.0'),
    { ...place('10.0.0.1'), protocol: 'udp' },
    { address: '10.0.0.1', port: 80, datagrams: 'sessions' as const },
    { protocol: 'fwm' },
  ])
    t.notOk(seats.has(other), JSON.stringify(other));
  t.ok(seats.has({ address: '10.0.0.1', port: 80, datagrams: undefined }));
});
