/** Every engine by its name in `l4director.ini`; `factories.ts` makes them. */
export const ENGINES = {
  net: { summary: 'forwards connections itself; needs no privileges beyond the ports' },
  nftables: {
    summary: 'has the kernel replace addresses (NAT): TCP and UDP, clients keep theirs',
  },
  ipvs: {
    summary: "has the kernel's IPVS forward, through ipvsadm; needs root and both",
  },
} as const satisfies Record<string, { readonly summary: string }>;
