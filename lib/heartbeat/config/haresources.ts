import { type Finding, Findings } from './findings.ts';

/** A word of a line: a script that is started or stopped, with its arguments. */
export interface Resource {
  readonly script: string;
  readonly args: readonly string[];
}

/** A line: what one node has as long as it lives. Started from left to right, stopped from right to left. */
export interface ResourceGroup {
  /** Whose it is when all is well, in lower case. */
  readonly node: string;
  /** The first resource's word: the name of the group between nodes. */
  readonly key: string;
  readonly resources: readonly Resource[];
  readonly line: number;
}

export interface HaResources {
  readonly groups: readonly ResourceGroup[];
  readonly findings: readonly Finding[];
}

const ADDRESS = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(\/|$)/;

/** Reads haresources, which must be the same on both nodes.
 *  @param nodes  of ha.cf, in lower case
 *  Source: observed on Heartbeat 3.0.6. */
export function readHaResources(
  text: string,
  file: string,
  nodes: readonly string[],
): HaResources {
  const findings = new Findings(file);
  const groups: ResourceGroup[] = [];
  for (const { line, words } of joined(text)) {
    const [name = '', ...rest] = words;
    const node = name.toLowerCase();
    const [key] = rest;
    if (!nodes.includes(node))
      findings.error(
        line,
        `"${name}" is no node of ha.cf (${nodes.join(', ')}): a line begins with the node whose resources these are`,
      );
    else if (key === undefined)
      findings.error(line, `"${name}" has no resource: ${name} 10.1.1.19 httpd`);
    else if (groups.some((group) => group.key === key))
      findings.error(
        line,
        `"${key}" begins a line a second time: it names the group, so put these resources into one line`,
      );
    else groups.push({ node, key, resources: rest.map(resourceOf), line });
  }
  return { groups, findings: findings.found };
}

/** All that the lines name, whosever it is, and whatever else is wrong with them. */
export function resourcesNamed(text: string): readonly Resource[] {
  return [...joined(text)].flatMap(({ words }) => words.slice(1).map(resourceOf));
}

/** `script::argument::argument`; what looks like an IPv4 address is an argument of IPaddr. */
export function resourceOf(word: string): Resource {
  if (ADDRESS.test(word)) return { script: 'IPaddr', args: [word] };
  const [script = '', ...args] = word.split('::');
  return { script, args };
}

interface Joined {
  /** Its first. */
  readonly line: number;
  readonly words: readonly string[];
}

function* joined(text: string): Generator<Joined> {
  let began = 0;
  let held = '';
  for (const [index, line] of text.split('\n').entries()) {
    if (held === '') began = index + 1;
    const bare = line.replace(/#.*$/, '').trimEnd();
    if (bare.endsWith('\\')) {
      held += `${bare.slice(0, -1)} `;
      continue;
    }
    const words = `${held}${bare}`.split(/\s+/).filter((word) => word !== '');
    held = '';
    if (words.length > 0) yield { line: began, words };
  }
}
