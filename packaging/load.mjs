/* `node packaging/load.mjs SERVER-PORT SERVICE-PORT`: an echo server, and clients of a service before it,
   for packaging/test. Told by lines on stdin: "begin" (answer "begun"), "end" (answer: JSON with what was
   served, what was lost, and whether a client that was there all the time was served to its end). */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { stayingClient, steadyClients } from '../dist/test/support/steady-clients.js';

const [serverPort, servicePort] = process.argv.slice(2).map(Number);
const CLIENTS = 4;

function say(text) {
  process.stdout.write(`${text}\n`);
}

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {});
  socket.pipe(socket);
});
server.listen(serverPort, '127.0.0.1', 1024);
await once(server, 'listening');
say('listening');

let clients;
let staying;
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'begin') {
    staying = await stayingClient(servicePort);
    await staying.say('first');
    clients = steadyClients(servicePort, CLIENTS);
    say('begun');
  } else if (line === 'end') {
    await clients.stop();
    const stayed = (await staying.say('last').catch(String)) === 'last';
    await staying.leave();
    say(JSON.stringify({ served: clients.served, lost: clients.lost, stayed }));
  }
}
process.exit();
