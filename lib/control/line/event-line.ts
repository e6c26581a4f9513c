import type { DirectorEvent } from '../../model/event.ts';

/** `17 2026-11-26T07:00:00.000Z real tcp:10.1.1.19:80 10.1.1.21:80 up -> down weight 0 (reason)`. */
export function eventLine(event: DirectorEvent): string {
  return [event.id, event.at, event.type, ...wordsOf(event)]
    .join(' ')
    .replace(/[\r\n]+/g, ' ');
}

function wordsOf(event: DirectorEvent): readonly (string | number)[] {
  switch (event.type) {
    case 'real':
      return [
        ...turnWords(event, event.real),
        'weight',
        event.weight,
        ...why(event.message),
      ];
    case 'service':
      return turnWords(event, undefined);
    case 'change':
      return [
        ...placeWords(event),
        event.what,
        ...arrow(event.old, event.new),
        'by',
        event.by,
      ];
    case 'reload':
      return [event.ok ? 'ok' : 'refused', ...why(event.reason)];
  }
}

function turnWords(
  { service, from, to }: Pick<Turn, 'service' | 'from' | 'to'>,
  real: string | undefined,
): readonly string[] {
  return [...placeWords({ service, real }), ...arrow(from ?? 'new', to ?? 'gone')];
}

type Turn = Extract<DirectorEvent, { readonly type: 'real' | 'service' }>;

function placeWords(place: {
  readonly service: string | null;
  readonly real?: string | null | undefined;
}): readonly string[] {
  return [place.service ?? '-', ...(place.real ? [place.real] : [])];
}

function arrow(
  old: string | number | null,
  is: string | number | null,
): readonly string[] {
  return [String(old ?? '-'), '->', String(is ?? '-')];
}

function why(reason: string | null): readonly string[] {
  return reason === null ? [] : [`(${reason})`];
}
