/** Texts by language tag in its canonical spelling. */
export type TextsByLanguage = Readonly<Record<string, string>>;

/** What tags stand for is asked of `Intl` once: for the tags of one browser that takes as long as the rest of a send. */
const candidatesByTag = new Map<string, readonly string[]>();

/** More than there are in use; whoever sends made-up ones only makes room for them. */
const MAX_REMEMBERED_TAGS = 500;

/**
 * Looks a text up as RFC 4647, section 3.4, says: for each wanted language in turn its tag, then the tag without its
 * last part, and so on. A script that goes without saying is tried as well, before the language alone: `zh-TW` finds
 * `zh-Hant`.
 *
 * Written here, because packages for it leave the header, malformed tags and such scripts to their caller: what is left
 * of the lookup is a loop.
 */
export function lookUpText(wanted: readonly string[], texts: TextsByLanguage): string | undefined {
  for (const tag of wanted) {
    for (const candidate of candidatesFor(tag)) {
      if (Object.hasOwn(texts, candidate)) return texts[candidate];
    }
  }
  return undefined;
}

/** The one spelling of a tag; `undefined` when it is none. */
export function canonicalTag(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).toString();
  } catch {
    return undefined;
  }
}

function candidatesFor(tag: string): readonly string[] {
  const remembered = candidatesByTag.get(tag);
  if (remembered !== undefined) return remembered;
  const candidates = [...new Set(findCandidates(tag))];
  if (candidatesByTag.size >= MAX_REMEMBERED_TAGS) candidatesByTag.clear();
  candidatesByTag.set(tag, candidates);
  return candidates;
}

function* findCandidates(tag: string): Generator<string> {
  const canonical = canonicalTag(tag);
  if (canonical === undefined) {
    // RFC 5646 has tags that ECMA-402 does not know, such as `zh-min-nan`.
    const parent = parentOf(tag);
    if (parent !== undefined) yield* findCandidates(parent);
    return;
  }
  const locale = new Intl.Locale(canonical);
  yield canonical;
  yield* withoutLanguageAlone(canonical);
  yield* withoutLanguageAlone(locale.maximize().toString());
  yield locale.language;
}

/** A tag, and what is left of it without its last part, without the last two and so on, but for the language alone. */
function* withoutLanguageAlone(tag: string): Generator<string> {
  const parent = parentOf(tag);
  if (parent === undefined) return;
  yield tag;
  yield* withoutLanguageAlone(parent);
}

/** A tag without its last part. (RFC 4647 also drops a single character that then stands last: no text has such a tag.) */
function parentOf(tag: string): string | undefined {
  const end = tag.lastIndexOf('-');
  return end < 0 ? undefined : tag.slice(0, end);
}
