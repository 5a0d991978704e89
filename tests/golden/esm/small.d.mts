export type RuleId = "few-lines" | "not-too-much";

/** Marks a field that was not loaded; null says that it is known to be empty. */
export const NOT_LOADED: unique symbol;

/** A copy of a list of which only a part was loaded: there may be more. */
export function partial<T>(items: readonly T[]): readonly T[];

/** The caller handed in something that cannot be used; `code` says what. */
export class InputError extends Error {
  readonly code: string;
}

/** The facts do not fit the model; `problems` has every code and JSON Pointer. */
export class DataError extends InputError {
  readonly problems: readonly { readonly code: string; readonly pointer: string }[];
}

/** A full date, YYYY-MM-DD. */
export type Day = string;
/** Whole numbers beyond 2^53 are big integers. */
export type Whole = number | bigint;
/** Exact: 15 digits before the point and 4 after it. */
export type Decimal = string;
export type Scalar = string | boolean | Whole | null;
/** null: its amount is missing. */
export type Money = { readonly amount: Decimal; readonly currency: string | null };
export type RecordValue = { readonly [field: string]: Scalar };
/** null: missing. */
export type Param = Scalar | Money | readonly Scalar[] | readonly RecordValue[];
/** Numbers with a fraction are not exact: write decimals as text. */
export type Facts = { readonly [name: string]: unknown };
export type Severity = "error" | "warning" | "info";

export interface Violation {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly params: { readonly [name: string]: Param };
  readonly partial: boolean;
  readonly pointers: readonly string[];
  readonly dataverse: string | null;
  readonly remedies: readonly string[];
}

export interface Decision {
  readonly ruleset: string;
  readonly digest: string;
  readonly today: Day;
  readonly asked: "record" | "closing";
  readonly verdict: "closable" | "blocked" | "undetermined";
  /** True only for a closing that may be done. */
  readonly allowed: boolean;
  readonly violations: readonly Violation[];
  readonly unknown: readonly {
    readonly rule: RuleId;
    readonly severity: Severity;
    readonly error: string | null;
    readonly needs: readonly string[];
  }[];
  readonly needs: readonly { readonly pointer: string; readonly rules: readonly RuleId[] }[];
  readonly pending: readonly RuleId[];
}

export interface Circumstances {
  /** Rules never read the clock. */
  readonly today: Day;
  readonly request?: Facts | null;
  readonly deployment?: string | null;
}

/** The decision about one record. Without a request only the record is judged. */
export function evaluate(facts: Facts, circumstances: Circumstances): Decision;

/** The request with defaults filled in where it is empty, and these defaults alone. */
export function complete(
  facts: Facts,
  request: Facts | null,
  circumstances: { readonly today: Day },
): { readonly request: Facts; readonly defaults: { readonly [field: string]: Scalar } };

/** What the module was written from. */
export const ruleset: {
  readonly id: string;
  readonly action: string;
  readonly digest: string;
  readonly settings: { readonly [name: string]: unknown };
  readonly rules: readonly { readonly id: RuleId; readonly severity: Severity; readonly remedies: readonly string[] }[];
};
