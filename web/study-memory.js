/**
 * What this browser remembers of a study: who the participant is, how far they came, and choices not yet sent.
 *
 * Storage is read afresh before every change, so that two tabs do not undo each other's work. A browser that stores
 * nothing still works until the tab is closed.
 */

const unstored = new Map();

export class StudyMemory {
  #key;

  constructor(study) {
    this.#key = `study/${study}`;
  }

  /** The participant's token, or undefined before they join. */
  get participant() {
    return this.#read().participant;
  }

  /** How far the participant came, as the service last said: `{done, total}`. */
  get progress() {
    const { done = 0, total = 0 } = this.#read();
    return { done, total };
  }

  /** The choices not yet sent, oldest first. */
  get outbox() {
    return this.#read().outbox ?? [];
  }

  /** Remembers an answer of the service: the progress, and the participant if it names one. */
  remember({ participant = this.participant, done, total }) {
    // Answers may overtake each other, but nobody's work becomes less.
    this.#write({ ...this.#read(), participant, done: Math.max(done, this.progress.done), total });
  }

  /** Keeps a choice until it is sent. */
  keep(choice) {
    this.#write({ ...this.#read(), outbox: [...this.outbox, choice] });
  }

  /** Drops the choice about a pair. */
  drop(pair) {
    this.#write({ ...this.#read(), outbox: this.outbox.filter((choice) => choice.pair !== pair) });
  }

  /** Forgets the participant and all that is theirs. */
  forget() {
    this.#write({});
  }

  #read() {
    return JSON.parse(load(this.#key) ?? "{}");
  }

  #write(state) {
    save(this.#key, JSON.stringify(state));
  }
}

/** Whether this person wants to see how many agreed: yes, until they say no. */
export function wantsAgreement() {
  return load("study-agreement") !== "no";
}

/** Remembers whether this person wants to see how many agreed. */
export function rememberAgreement(wanted) {
  save("study-agreement", wanted ? "yes" : "no");
}

function load(key) {
  try {
    return unstored.get(key) ?? localStorage.getItem(key);
  } catch {
    return unstored.get(key);
  }
}

function save(key, text) {
  try {
    localStorage.setItem(key, text);
    unstored.delete(key);
  } catch {
    unstored.set(key, text);
  }
}
