import type { ByteString } from './byte-string.ts';
import type { Kernel } from './kernel.ts';
import type { MeasurementQuestion } from './line-view.ts';

/** A stage has a handful of questions; one that makes a new one for each line gets no more use of them. */
const MAX_QUESTIONS = 256;

/** A measurement that the kernel knows by a number. */
interface Known {
  readonly measurement: ByteString;
  /** By the questions' numbers. */
  readonly answers: unknown[];
  /** Whether a stage has read its name: no other measurement shares its decisions. */
  alone: boolean;
}

/**
 * Groups of measurements for which all questions have the same answers. The kernel gives what was decided for one of a group to the lines of all, as
 * nothing else of the name was asked.
 *
 * A group is only ever cut: by a question that is asked for the first time, and by a stage that reads a name. What was decided for the group before
 * needed neither, so it stays right for those who leave it; they are merely asked again.
 */
export class MeasurementGroups {
  readonly #kernel: Kernel;
  readonly #questions = new Map<MeasurementQuestion<unknown>, number>();
  readonly #known: Known[] = [];
  /** Groups by the numbers of their answers. */
  readonly #groups = new Map<string, number>();
  readonly #answers = new Map<unknown, number>();
  #nextGroup = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.forgetMeasurements();
  }

  /**
   * Makes a measurement known, which stands at `start` in the kernel's memory. Gives its number, or -1 for one that has none: it is a group of its own by
   * its name.
   */
  add(measurement: ByteString, start: number, end: number): number {
    const answers = [...this.#questions.keys()].map((question) => question.of(measurement));
    const group = this.#groupOf(answers);
    let number = this.#kernel.addMeasurement(start, end - start, group);
    if (number < 0) {
      // lines can have any measurement: what is known of them has a limit
      this.#kernel.forgetMeasurements();
      this.#known.length = 0;
      number = this.#kernel.addMeasurement(start, end - start, group);
    }
    if (number >= 0) this.#known[number] = { measurement, answers, alone: false };
    return number;
  }

  /** The answer for the measurement of this number. */
  answer<T>(number: number, question: MeasurementQuestion<T>): T {
    const known = this.#known[number] as Known;
    const asked = this.#questions.get(question) ?? this.#ask(question);
    if (asked !== undefined) return known.answers[asked] as T;
    this.setAlone(number);
    return question.of(known.measurement);
  }

  /** No other measurement shares what is decided for this one from now on. */
  setAlone(number: number): void {
    const known = this.#known[number] as Known;
    if (known.alone) return;
    known.alone = true;
    this.#kernel.setGroup(number, this.#nextGroup++);
  }

  /** Takes in a new question: groups whose members have different answers are cut. Undefined when there are too many. */
  #ask(question: MeasurementQuestion<unknown>): number | undefined {
    if (this.#questions.size === MAX_QUESTIONS) return undefined;
    const asked = this.#questions.size;
    this.#questions.set(question, asked);
    this.#groups.clear();
    for (const [number, known] of this.#known.entries()) {
      known.answers.push(question.of(known.measurement));
      if (!known.alone) this.#kernel.setGroup(number, this.#groupOf(known.answers));
    }
    return asked;
  }

  #groupOf(answers: readonly unknown[]): number {
    const key = answers.map((answer) => this.#numberOf(answer)).join();
    const group = this.#groups.get(key) ?? this.#nextGroup++;
    this.#groups.set(key, group);
    return group;
  }

  #numberOf(answer: unknown): number {
    const number = this.#answers.get(answer) ?? this.#answers.size;
    this.#answers.set(answer, number);
    return number;
  }
}
