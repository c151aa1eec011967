/**
 * A number with its noun, by the language's own rule (CLDR): `plural("en", 2, { one: "# door", other: "# doors" })`.
 * @param forms `#` stands for the number.
 */
export function plural(language: string, count: number, forms: { one: string; other: string }): string {
  const form = new Intl.PluralRules(language).select(count) === "one" ? forms.one : forms.other;
  return form.replace("#", new Intl.NumberFormat(language).format(count));
}
