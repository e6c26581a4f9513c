/** Where everything is on the campaign's network. */
export const VIP = '10.1.1.19';
export const PORT = 80;
/** Addresses of the real servers, by their names. */
export const REALS: Readonly<Record<string, string>> = {
  web1: '10.1.1.21',
  web2: '10.1.1.22',
};
