#!/usr/bin/env node
// Before anything else is loaded: Node answers SIGUSR1 by a debugger, open to all users of the host.
process.on('SIGUSR1', () => {});

const { main } = await import('../lib/heartbeat/command/main.ts');

process.exit(await main(process.argv.slice(2)));
