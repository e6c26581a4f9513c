import { NftError, type NftTrouble, runNft } from '../../nft-program.ts';

/** How nft ended. */
export interface NftEnd {
  readonly ok: boolean;
  readonly output: string;
  /** Why it did not do it, with the mend; empty when it did. */
  readonly problem: string;
}

const INSTEAD = 'or set capture = no and give the other program another address';

const WORDS: Readonly<Record<NftTrouble, (said: string) => string>> = {
  absent: (said) =>
    `capture = yes needs the program nft, which cannot be run (${said}): install it with "apt-get install nftables", ${INSTEAD}`,
  forbidden: () =>
    `capture = yes needs permission to change the kernel's tables: start as root or give the process CAP_NET_ADMIN, ${INSTEAD}`,
  refused: (said) =>
    `capture = yes: the kernel did not take the rules (nft: ${said}); tried again every 5 s; ${INSTEAD}`,
};

/** Runs nft over a script. Never rejects. */
export async function nft(script: string): Promise<NftEnd> {
  try {
    return { ok: true, output: await runNft([], script), problem: '' };
  } catch (error) {
    const { trouble, message } =
      error instanceof NftError ? error : new NftError('refused', String(error));
    return { ok: false, output: '', problem: WORDS[trouble](message) };
  }
}
