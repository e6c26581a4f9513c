#!/usr/bin/env node
// Before anything else is loaded: Node answers SIGUSR1 by a debugger, open to all users of the host.
process.on('SIGUSR1', () => {});

const { main } = await import('../lib/cli/main.ts');
const { outputTaken, tolerateClosedOutput } = await import('../lib/cli/output.ts');

tolerateClosedOutput();
const code = await main(process.argv.slice(2), () => import('../lib/daemon/index.ts'));
await outputTaken();
process.exit(code);
