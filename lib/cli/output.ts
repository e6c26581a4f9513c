/** A reader that goes away early, as `head` does, is no failure of ours. */
export function tolerateClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => undefined);
}

/** Resolves when all that was written has been taken, or its reader has gone: before that
 *  process.exit() would cut it off. */
export async function outputTaken(): Promise<void> {
  const streams = [process.stdout, process.stderr];
  await Promise.all(
    streams.map(
      (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
    ),
  );
}
