import type { ByteString } from './byte-string.ts';
import type { Kernel } from './kernel.ts';
import type { MeasurementQuestion } from './line-view.ts';

/** A stage has a handful of questions; where one makes a new one for each line, all that come later share nothing. */
const MAX_QUESTIONS = 256;
/** Questions have a few different answers. Where they have more, groups begin anew, which costs only what was shared. */
const MAX_ANSWERS = 4096;

/** In the place of an answer: the question threw. */
const THREW = Symbol('threw');

/** A measurement that the kernel knows by a number. */
interface Known {
  readonly measurement: ByteString;
  /** By the questions' numbers. */
  readonly answers: unknown[];
  /** Whether no other measurement shares its decisions: a stage has read its name, or a question threw. */
  alone: boolean;
}

/**
 * Groups of measurements for which all questions have the same answers. The kernel gives what was decided for one of a group to the lines of all, as
 * nothing else of the name was asked.
 *
 * A group is only ever cut: by a question that is asked for the first time, and by a stage that reads a name. What was decided for the group before
 * needed neither, so it stays right for those who leave it; they are merely asked again.
 *
 * Measurements beyond those that the kernel has room for are groups of their own, by their names, until all that was decided is forgotten.
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

  /** Makes a measurement known, which stands at `start` in the kernel's memory. Gives its number, or -1 when there is no more room. */
  add(measurement: ByteString, start: number, end: number): number {
    const number = this.#kernel.addMeasurement(start, end - start, 0);
    if (number < 0) return number;
    const answers = [...this.#questions.keys()].map((question) => answerOf(question, measurement));
    // those of before the kernel forgot are gone
    this.#known.length = number;
    this.#known[number] = { measurement, answers, alone: false };
    this.#regroup(number);
    return number;
  }

  /** The answer for the measurement of this number. Throws what the question throws. */
  answer<T>(number: number, question: MeasurementQuestion<T>): T {
    const known = this.#known[number] as Known;
    const asked = this.#questions.get(question) ?? this.#ask(question);
    if (asked === undefined) this.setAlone(number);
    else if (known.answers[asked] !== THREW) return known.answers[asked] as T;
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
    for (const [number, { measurement, answers }] of this.#known.entries()) {
      answers.push(answerOf(question, measurement));
      this.#regroup(number);
    }
    return asked;
  }

  /** Puts a measurement to those with the same answers. */
  #regroup(number: number): void {
    const { answers, alone } = this.#known[number] as Known;
    if (answers.includes(THREW)) this.setAlone(number);
    else if (!alone) this.#kernel.setGroup(number, this.#groupOf(answers));
  }

  #groupOf(answers: readonly unknown[]): number {
    if (this.#answers.size > MAX_ANSWERS || this.#groups.size > MAX_ANSWERS) {
      this.#answers.clear();
      this.#groups.clear();
    }
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

function answerOf(question: MeasurementQuestion<unknown>, measurement: ByteString): unknown {
  try {
    return question.of(measurement);
  } catch {
    return THREW;
  }
}
