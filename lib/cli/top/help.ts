/** What the keys do. */
export const HELP: readonly string[] = [
  '',
  '  up down j k      move            page up, page down, home, end, g, G',
  '  d                drain: no new connections',
  '  e                enable: what file and checks say',
  '  m                maintenance: out, whatever the checks say',
  '  + -              weight; while it asks, on to the one that is meant',
  '  c                sort: as in the file, connections/s, connections, state, name',
  '  /                filter: words of ids and states; Esc ends it',
  '  Ctrl-L           draw all anew',
  '  Ctrl-Z           stop for a while',
  '  q Ctrl-C         quit',
  '',
  '  Every change asks once: y does it, any other key does not.',
];
