// What canvases need of the theme.

import { colour } from '../theme';

export const FONT = '11px "IBM Plex Sans", system-ui, sans-serif';

export const palette = (): Record<'ink' | 'quiet' | 'grid' | 'signal' | 'limit' | 'wash' | 'trace', string> => ({
  ink: colour('ink'), quiet: colour('quiet'), grid: colour('grid'), signal: colour('signal'), limit: colour('limit'), wash: colour('alarm-wash'), trace: colour('trace'),
});
