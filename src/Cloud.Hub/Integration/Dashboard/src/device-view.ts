// The chosen device: its score against its threshold, its channels, and what is known of it.

import { h, replace } from './dom';
import { unit, value } from './format';
import type { Rooms } from './page';
import { ChannelPlot } from './plots/channel';
import { ScorePlot } from './plots/score';
import { advice, facts } from './sections/device';
import type { Store } from './store';
import type { Channel, Device, Point } from './types';
import { whenUs } from './when';

export class DeviceView {
  private readonly score: ScorePlot;
  private channels: { plot: ChannelPlot; now: HTMLElement }[] = [];
  private channelsOf = '';

  constructor(private readonly rooms: Rooms, private readonly store: Store) {
    this.score = new ScorePlot(rooms.score, point => this.read(point ?? this.points().at(-1) ?? null, point !== null));
  }

  render(): void {
    const device = this.chosen();
    replace(this.rooms.title, device ? [device.deviceId, h('small', null, ` ${device.siteId}`)] : 'Device');
    replace(this.rooms.facts, facts(this.store));
    replace(this.rooms.advice, advice(this.store));
    this.renderPoints();
  }

  renderPoints(): void {
    const points = this.points();
    const last = points.at(-1);
    const isScored = points.length >= 2 && points.some(p => p.score != null);
    this.score.show(points);
    this.rooms.score.hidden = !isScored;
    this.rooms.scoreEmpty.hidden = isScored;
    this.rooms.scoreEmpty.textContent = this.whyEmpty(points.length);
    this.rooms.score.setAttribute('aria-label', last?.score != null
      ? `Anomaly score of ${this.store.selected}: ${value(last.score)}, threshold ${value(last.threshold)}, ${last.alarm ? 'alarm' : 'normal'}` : 'No anomaly score yet');
    this.rooms.score.dataset['score'] = last?.score == null ? '' : String(last.score);
    this.read(last ?? null, false);

    const channels = this.store.telemetry?.channels ?? [];
    const shown = `${this.store.selected}:${channels.map(channel => channel.name).join()}`;
    if (shown !== this.channelsOf) this.lay(channels);
    this.channelsOf = shown;
    this.channels.forEach(({ plot, now }, index) => {
      plot.show(points);
      now.textContent = value(last?.values[index]);
    });
  }

  /** In the colours of the theme that is on now. */
  repaint(): void {
    this.score.remake();
    for (const { plot } of this.channels) plot.remake();
  }

  private points(): Point[] { return this.store.telemetry?.points ?? []; }

  private chosen(): Device | undefined { return this.store.state.devices?.find(known => known.deviceId === this.store.selected); }

  private whyEmpty(points: number): string {
    if (!this.store.selected) return 'Choose a device to see what it senses.';
    if (points < 2) return `Nothing heard from ${this.store.selected} yet. Points appear as soon as it streams.`;
    return this.chosen()?.reported?.activeDigest ? 'Calibrating: it takes its first rows as healthy, then scores what follows.'
      : 'No model answers on it yet: its rules alone decide. The first one is trained by itself, once the fleet has made enough recordings.';
  }

  private lay(channels: Channel[]): void {
    this.channels = channels.map((_, index) => ({ plot: new ChannelPlot(h('div', { class: 'plot' }), index), now: h('b') }));
    this.rooms.channels.replaceChildren(...channels.map((channel, index) => {
      const { plot, now } = this.channels[index]!;
      return h('figure', null, h('figcaption', null, h('span', { title: channel.name }, channel.name), h('span', null, now, h('small', null, ` ${unit(channel.unit)}`))), plot.host);
    }));
  }

  /** The newest score in large figures, or the one under the pointer. */
  private read(point: Point | null, isUnderPointer: boolean): void {
    if (point?.score == null) return replace(this.rooms.reading, h('span', { class: 'quiet' }, point ? 'no score yet' : ''));
    // A logit's threshold is 0 or below: how many times it was exceeded says nothing there.
    const against = point.threshold == null ? 'score' : point.threshold > 0 ? `${(point.score / point.threshold).toFixed(2)} × threshold` : `score, threshold ${value(point.threshold)}`;
    replace(this.rooms.reading, h('strong', { class: point.alarm ? 'alarm' : '' }, value(point.score)), h('span', null, against),
      h('span', null, isUnderPointer ? 'at ' : '', whenUs(point.timestampUs)));
  }
}
