// The question that waits first, with its window, which comes by itself; the next one follows when it is answered.

import type { Answers } from './answers';
import { replace } from './dom';
import type { Rooms } from './page';
import { questions } from './sections/questions';
import type { Store } from './store';
import type { Question } from './types';

export class QuestionView {
  private shown: Question | null = null;
  private asked: number | null = null;

  constructor(private readonly rooms: Rooms, private readonly store: Store, private readonly answers: Answers) {}

  render(): void {
    const first = this.store.state.questions?.[0];
    this.rooms.asked.hidden = !first;
    if (first && this.shown?.id !== first.id) void this.fetch(first.id);
    replace(this.rooms.questions, questions(this.store, this.shown, (question, label) => void this.answer(question, label), this.answers));
  }

  private async fetch(id: number): Promise<void> {
    if (this.asked === id) return;
    this.asked = id;
    try {
      this.shown = await this.store.api.get<Question>(`label-queue/${id}`);
      this.render();
    } catch {
      // The next look at the queue asks again.
      this.asked = null;
    }
  }

  /** Null: nobody can say. */
  private async answer(question: Question, label: string | null): Promise<void> {
    await this.answers.send(`question-${question.id}`, this.rooms.questions, () => this.render(), async () => {
      await this.store.api.post(`label-queue/${question.id}/${label === null ? 'skip' : 'label'}`, label === null ? undefined : { label });
      this.store.change('questions', this.store.state.questions?.filter(open => open.id !== question.id) ?? []);
    }, () => this.rooms.questions.querySelector<HTMLElement>('button'));
    this.store.soon('questions');
  }
}
