/** Loads a part of the program when a config first needs it. The program's files go when another version is installed
 *  over it: then it rejects with the mend, and with the reason as it is otherwise. */
export async function late<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    // A package that is not installed is a "package" in Node's words.
    if (!(error instanceof Error && error.message.startsWith('Cannot find module')))
      throw error;
    throw new Error(
      'another version was installed under this director, which had not needed this part of its own before; "l4director upgrade", or a restart, has that take its place',
      { cause: error },
    );
  }
}
