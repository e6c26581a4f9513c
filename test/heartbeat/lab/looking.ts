/** Looks once more where a `kill -9` of all that runs on a host has taken the program that looked, too. */
export async function looking<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if ((error as { signal?: unknown }).signal !== 'SIGKILL') throw error;
    return look();
  }
}
