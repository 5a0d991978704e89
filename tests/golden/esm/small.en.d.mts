/** What a violation must have to be worded. */
export interface Worded {
  readonly rule: string;
  readonly params: { readonly [name: string]: unknown };
  readonly partial: boolean;
}

/** The locale of the texts. */
export const locale: string;

/** How they run. */
export const direction: "ltr" | "rtl";

/** The sentence of a violation. */
export function message(violation: Worded): string;

/** The sentence of a violation, and the locale it is in: the source language's where there is no translation. */
export function sentence(violation: Worded): { readonly text: string; readonly locale: string };

/** What a button that carries out a remedy says; undefined if there is none of this id. */
export function remedy(id: string): string | undefined;

/** The label of a value of an enumeration; undefined if there is none. */
export function label(enumeration: string, value: string): string | undefined;
