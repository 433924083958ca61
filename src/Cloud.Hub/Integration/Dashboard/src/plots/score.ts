// The anomaly score with its threshold: the plot everything else explains.

import type uPlot from 'uplot';
import { eventTime } from '../format';
import type { Point } from '../types';
import { FONT, palette } from './palette';
import { Plot, shade } from './plot';

export class ScorePlot extends Plot {
  private points: Point[] = [];

  constructor(element: HTMLElement, private readonly onCursor: (point: Point | null) => void) { super(element, element.classList.contains('small') ? 180 : 250); }

  show(points: Point[]): void {
    this.points = points;
    this.refresh();
  }

  protected data(): uPlot.AlignedData | null {
    if (this.points.length < 2) return null;
    return [this.points.map(p => p.timestampUs / 1e6), this.points.map(p => p.score ?? null), this.points.map(p => p.threshold ?? null)];
  }

  protected options(): Omit<uPlot.Options, 'width' | 'height'> {
    const { ink, quiet, grid, signal, limit, wash } = palette();
    return {
      legend: { show: false },
      padding: [10, 28, 0, 0],
      cursor: { sync: { key: 'run' }, y: false, points: { size: 7, fill: signal, stroke: signal }, drag: { x: false, y: false } },
      scales: { x: { time: false }, y: { range: (_, low, high) => this.range(low, high) } },
      axes: [
        { stroke: quiet, font: FONT, grid: { show: false }, ticks: { stroke: grid, size: 4 }, size: 28, space: 80, values: (_, splits) => splits.map(second => eventTime(second * 1e6)) },
        { stroke: quiet, font: FONT, grid: { stroke: grid, width: 1 }, ticks: { show: false }, size: 44, gap: 6 },
      ],
      series: [{}, { stroke: signal, width: 1.8, points: { show: false } }, { stroke: limit, width: 1.4, dash: [6, 4], points: { show: false } }],
      hooks: {
        drawClear: [plot => shade(plot, this.points.map(p => p.alarm), wash)],
        draw: [plot => this.nameThreshold(plot, ink)],
        setCursor: [plot => this.onCursor(plot.cursor.idx == null || (plot.cursor.left ?? -1) < 0 ? null : (this.points[plot.cursor.idx] ?? null))],
      },
    };
  }

  /** From 0 (or the lowest logit) to well above the threshold, so that calm looks calm. */
  private range(low: number | null, high: number | null): uPlot.Range.MinMax {
    const threshold = this.points.at(-1)?.threshold ?? 0;
    const top = Math.max(high ?? 1, threshold * 1.5, 1e-6);
    return [Math.min(0, low ?? 0), top + (top - Math.min(0, low ?? 0)) * 0.06];
  }

  private nameThreshold(plot: uPlot, ink: string): void {
    const threshold = this.points.at(-1)?.threshold;
    if (threshold == null) return;
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio || 1;
    // Where its line begins: before that no model answered.
    const from = this.points.find(point => point.threshold != null)!;
    const left = plot.valToPos(from.timestampUs / 1e6, 'x', true);
    ctx.save();
    ctx.font = `${11 * ratio}px "IBM Plex Sans", system-ui, sans-serif`;
    ctx.fillStyle = ink;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'bottom';
    ctx.fillText('threshold', Math.min(left, bbox.left + bbox.width - ctx.measureText('threshold').width) + 6 * ratio, plot.valToPos(threshold, 'y', true) - 4 * ratio);
    ctx.restore();
  }
}
