import { takeLock } from '../../lib/instance/lock.ts';

// Takes the lock, tells how it went, and stays until it is killed or let go.
process.send?.({ lock: takeLock(process.argv[2] ?? '') });
process.on('disconnect', () => process.exit());
