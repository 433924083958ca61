// One channel of the device, small.

import type uPlot from 'uplot';
import type { Point } from '../types';
import { value } from '../format';
import { FONT, palette } from './palette';
import { Plot, shade } from './plot';

/** Of the height, above the highest value and below the lowest, which are named on the axis. */
const INSET = 0.1;

function around(low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const room = ((high - low || Math.abs(high) || 1) * INSET) / (1 - 2 * INSET);
  return [low - room, high + room];
}

/** The axis' bounds are computed from the range: what is left of a 0 is none of the channel. */
const rounded = (split: number, splits: number[]): number => (Math.abs(split) < 1e-9 * Math.max(...splits.map(Math.abs)) ? 0 : split);

export class ChannelPlot extends Plot {
  private points: Point[] = [];

  constructor(element: HTMLElement, private readonly index: number) { super(element, 76); }

  show(points: Point[]): void {
    this.points = points;
    this.refresh();
  }

  protected data(): uPlot.AlignedData | null {
    if (this.points.length < 2) return null;
    return [this.points.map(p => p.timestampUs / 1e6), this.points.map(p => p.values[this.index] ?? null)];
  }

  protected options(): Omit<uPlot.Options, 'width' | 'height'> {
    const { quiet, grid, trace, wash } = palette();
    return {
      legend: { show: false },
      padding: [4, 2, 4, 0],
      cursor: { sync: { key: 'run' }, y: false, points: { size: 5, fill: trace, stroke: trace }, drag: { x: false, y: false } },
      scales: { x: { time: false }, y: { range: (_plot, low, high) => around(low, high) } },
      axes: [
        { show: false },
        { stroke: quiet, font: FONT, grid: { stroke: grid, width: 1 }, ticks: { show: false }, size: 40, gap: 4, splits: (_plot, _axis, low, high) => [low + (high - low) * INSET, high - (high - low) * INSET], values: (_, splits) => splits.map(split => value(rounded(split, splits))) },
      ],
      series: [{}, { stroke: trace, width: 1.2, points: { show: false } }],
      hooks: { drawClear: [plot => shade(plot, this.points.map(p => p.alarm), wash)] },
    };
  }
}
