#!/usr/bin/env node
// Before anything else is loaded: Node answers SIGUSR1 by a debugger, open to all users of the host.
process.on('SIGUSR1', () => {});

const { outputTaken, tolerateClosedOutput } = await import('../lib/cli/output.ts');
tolerateClosedOutput();
const code = await run(process.argv.slice(2));
await outputTaken();
process.exit(code);

/** What is asked every second loads neither the table of commands nor a parser. */
async function run(argv: readonly string[]): Promise<number> {
  if (argv.includes('ready')) {
    const { quickly } = await import('../lib/cli/quick.ts');
    const quick = quickly(argv);
    if (quick) return quick;
  }
  const { main } = await import('../lib/cli/main.ts');
  return main(argv, () => import('../lib/daemon/index.ts'));
}
