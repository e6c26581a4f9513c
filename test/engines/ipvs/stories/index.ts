import { FLUSHED_STORY, KEPT_STORY, SECTIONS_STORY } from './ends.ts';
import { deadAtStart, failures } from './failures.ts';
import { KINDS_STORY } from './kinds.ts';
import { ODD_KINDS_STORY } from './odd-kinds.ts';
import { FALLBACK_STORY, OPTIONS_STORY } from './options.ts';
import type { Story } from './story.ts';
import {
  MAPPED_DEFECT,
  MAPPED_STORY,
  METHODS_STORY,
  PORTLESS_STORY,
  QUIESCED_THRESHOLDS,
} from './values.ts';

/** The longest first: they are played side by side. */
export const STORIES: readonly Story[] = [
  KINDS_STORY,
  KEPT_STORY,
  FLUSHED_STORY,
  METHODS_STORY,
  OPTIONS_STORY,
  FALLBACK_STORY,
  ODD_KINDS_STORY,
  failures('quiescent=yes', '0'),
  failures('quiescent=no', '-'),
  MAPPED_STORY,
  PORTLESS_STORY,
  QUIESCED_THRESHOLDS,
  deadAtStart('quiescent=yes', '0'),
  deadAtStart('quiescent=yes\nreaddquiescent=yes', '0'),
  deadAtStart('quiescent=no', '-'),
  SECTIONS_STORY,
  MAPPED_DEFECT,
];
