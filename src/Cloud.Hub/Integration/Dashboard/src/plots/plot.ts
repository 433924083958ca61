// One uPlot that follows its element's width and is made anew when the theme changes.

import uPlot from 'uplot';

export abstract class Plot {
  private plot: uPlot | null = null;
  private width = 0;

  constructor(readonly host: HTMLElement, private readonly height: number) {
    new ResizeObserver(() => this.fit()).observe(host);
  }

  /** Draws with today's colours; null clears. */
  remake(): void {
    this.plot?.destroy();
    this.plot = null;
    this.refresh();
  }

  refresh(): void {
    const data = this.data();
    if (!data || this.host.clientWidth === 0) {
      this.plot?.destroy();
      this.plot = null;
      return;
    }

    if (this.plot) this.plot.setData(data);
    else {
      this.width = this.host.clientWidth;
      this.plot = new uPlot({ ...this.options(), width: this.width, height: this.height }, data, this.host);
    }
  }

  protected abstract data(): uPlot.AlignedData | null;
  protected abstract options(): Omit<uPlot.Options, 'width' | 'height'>;

  private fit(): void {
    const width = this.host.clientWidth;
    if (width === this.width || width === 0) return;
    this.width = width;
    if (this.plot) this.plot.setSize({ width, height: this.height });
    else this.refresh();
  }
}

/** Shades the stretches in which the device was in alarm. */
export function shade(plot: uPlot, alarmed: readonly boolean[], colour: string): void {
  const xs = plot.data[0] as number[];
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = colour;
  for (let i = 0; i < xs.length; i++) {
    if (!alarmed[i]) continue;
    let end = i;
    while (end + 1 < xs.length && alarmed[end + 1]) end++;
    const from = Math.max(bbox.left, plot.valToPos(xs[i]!, 'x', true));
    const to = Math.min(bbox.left + bbox.width, plot.valToPos(xs[Math.min(end + 1, xs.length - 1)]!, 'x', true));
    if (to > bbox.left) ctx.fillRect(from, bbox.top, Math.max(2, to - from), bbox.height);
    i = end;
  }
  ctx.restore();
}
