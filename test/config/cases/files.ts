import type { Case } from './case.ts';

const ONE = 'virtual=10.1.1.19:80\n    real=10.0.0.2:80 masq\n';
const refused = (text: string, line: number, saying: string): Case => ({
  text,
  refused: { line, saying },
});
const ids = (text: string, ...ids: string[]): Case => ({ text, ids });

/** Section 2: how a file is cut into lines and sections, what is resolved when, inheritance. */
export const FILES: readonly Case[] = [
  ids(''),
  ids('\n  \n# comment\n   # comment\n'),
  ids(ONE, 'tcp:10.1.1.19:80'),
  ids(ONE.trimEnd(), 'tcp:10.1.1.19:80'),
  ids(ONE.replaceAll('    ', '\t'), 'tcp:10.1.1.19:80'),
  ids(ONE.replaceAll('    ', '          '), 'tcp:10.1.1.19:80'),
  refused(ONE.replaceAll('    ', '   '), 2, '4 blanks'),
  refused(`${ONE}\n    scheduler=rr\n`, 4, 'no empty line'),
  refused(`${ONE}     \n    scheduler=rr\n`, 3, 'unknown directive'),
  refused(`${ONE}\t\t\n`, 3, 'unknown directive'),
  refused(`${ONE}    \n    scheduler=rr\n`, 4, 'no empty line'),
  ids(`${ONE}# comment\n  # comment\n    scheduler=rr\n`, 'tcp:10.1.1.19:80'),
  ids(`${ONE}checktimeout=5\n`, 'tcp:10.1.1.19:80'),
  { text: `${ONE}checktimeout=6\n`, virtual: { checktimeout: 6, negotiatetimeout: 6 } },
  {
    text: `${ONE}negotiatetimeout=6\n`,
    virtual: { checktimeout: 6, negotiatetimeout: 6 },
  },
  {
    text: `${ONE}checktimeout=6\nnegotiatetimeout=7\n`,
    virtual: { negotiatetimeout: 7 },
  },
  {
    text: `${ONE}    negotiatetimeout=3\nchecktimeout=6\n`,
    virtual: { checktimeout: 3, negotiatetimeout: 3 },
  },
  { text: ONE, virtual: { checktimeout: 5, negotiatetimeout: 30, checkinterval: 10 } },
  { text: `fork=yes\n${ONE}    checkinterval=3\n`, virtual: { checkinterval: 3 } },
  {
    text: `checkcount=3\nfailurecount=2\n${ONE}`,
    virtual: { checkcount: 3, failurecount: 2 },
  },
  { text: `quiescent=yes\n${ONE}    quiescent=no\n`, virtual: { quiescent: false } },
  { text: `readdquiescent=yes\n${ONE}`, virtual: { readdquiescent: true } },
  { text: `emailalert=a@b\n${ONE}`, virtual: { emailalert: 'a@b' } },
  {
    text: `fallback=127.0.0.1\n${ONE}`,
    virtual: { fallback: { address: '127.0.0.1', port: 80, method: 'gate' } },
  },
  {
    text: `${ONE}fallback=127.0.0.1:81 masq\n`,
    virtual: { fallback: { address: '127.0.0.1', port: 81, method: 'masq' } },
  },
  { text: `fallback6=[::1]\n${ONE}`, virtual: { fallback: null } },
  {
    text: `fallbackcommand="/bin/a"\n${ONE}`,
    virtual: { fallbackcommand: '"/bin/a"' },
  },
  ids(
    `${ONE}virtual=10.1.1.20:80\n    scheduler=rr\n`,
    'tcp:10.1.1.19:80',
    'tcp:10.1.1.20:80',
  ),
  ids(
    `${ONE}\nvirtual=10.1.1.19:80\n    protocol=udp\n`,
    'tcp:10.1.1.19:80',
    'udp:10.1.1.19:80',
  ),
  refused(`${ONE}\n${ONE}\n`, 6, 'is there already'),
  refused(
    `${ONE}virtual=10.1.1.19:http\n    checktype=on\nfork=no\n`,
    5,
    'is there already',
  ),
  refused(`virtual=5\n\nvirtual=5\n\n`, 4, 'is there already'),
  ids(`virtual=5\n\nvirtual6=5\n\n`, 'fwm:5', 'fwm6:5'),
  ids(`virtual=5\n\nvirtual=05\n\n`, 'fwm:5', 'fwm:05'),
  refused('virtual=10.1.1.19:80', 1, 'reads twice'),
  refused(`${ONE}virtual=5\n`, 3, 'reads twice'),
  ids('virtual=5\n# end\n', 'fwm:5'),
  ids('virtual=5\n\n', 'fwm:5'),
  // Names are looked up when the section is complete, so what is wrong further down comes first.
  refused('virtual=nowhere.example:80\n    nonsense=1\n', 2, 'unknown directive'),
  refused(
    'virtual=nowhere.example:80\n    fallback=nowhere.example\n\n',
    2,
    'no known host',
  ),
  refused(
    'virtual=nowhere.example:80\n    real=nowhere.example:80 masq\n\n',
    1,
    'no known host',
  ),
  refused(`${ONE}    real=10.0.0.3 mask\nnonsense\n`, 3, 'expected gate'),
  refused('fallback=nowhere.example\nnonsense\n', 1, 'no known host'),
  // Carriage returns are harmless in some values and not in others.
  ids(ONE.replaceAll('\n', '\r\n'), 'tcp:10.1.1.19:80'),
  refused('virtual=5\r\n    quiescent=yes\r\n', 2, 'carriage return'),
  refused('virtual=5\r\n    ops=yes\r\n', 2, 'expected yes or no'),
  refused('virtual=5\r\n    netmask=255.0.0.0\r\n', 2, 'expected a dotted quad'),
  { text: 'virtual=5\r\n    virtualhost=a\r\n', virtual: { virtualhost: 'a\r' } },
  { text: 'virtual=5\r\n    servicename=a\r\n', virtual: { servicename: 'a\r' } },
  { text: 'virtual=5\r\n    request="a"\r\n', virtual: { request: '/a' } },
  refused('\u00ef\u00bb\u00bffork=no\n', 1, 'byte order mark'),
  refused('virtual=5\n    real=10.0.0.2:80 #masq\n', 2, '# cuts the line'),
  { text: 'virtual=5\n    comment=a\tb# c\n', virtual: { comment: 'a    b' } },
];
