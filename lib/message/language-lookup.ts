/** Texts by language tag in its canonical spelling. */
export type TextsByLanguage = Readonly<Record<string, string>>;

/** A cache, because `Intl` needs as much time for the tags of one browser as the rest of a send. */
const candidatesByTag = new Map<string, readonly string[]>();

/** More than the number of tags in use. Made-up tags only empty the cache. */
const MAX_CACHED_TAGS = 500;

/**
 * Looks up a text by RFC 4647, section 3.4: for each wanted language its tag, then the tag without its last part, and so
 * on. The implied script is tried too, before the language alone: `zh-TW` finds `zh-Hant`.
 *
 * No package is used, because the available ones leave the header, malformed tags and implied scripts to the caller.
 */
export function lookUpText(wanted: readonly string[], texts: TextsByLanguage): string | undefined {
  for (const tag of wanted) {
    for (const candidate of candidatesFor(tag)) {
      if (Object.hasOwn(texts, candidate)) return texts[candidate];
    }
  }
  return undefined;
}

/** The canonical spelling of a tag; `undefined` if it is not a valid one. */
export function canonicalTag(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).toString();
  } catch {
    return undefined;
  }
}

function candidatesFor(tag: string): readonly string[] {
  const cached = candidatesByTag.get(tag);
  if (cached !== undefined) return cached;
  const candidates = [...new Set(findCandidates(tag))];
  if (candidatesByTag.size >= MAX_CACHED_TAGS) candidatesByTag.clear();
  candidatesByTag.set(tag, candidates);
  return candidates;
}

function* findCandidates(tag: string): Generator<string> {
  const canonical = canonicalTag(tag);
  if (canonical === undefined) {
    // Some tags of RFC 5646, such as `zh-min-nan`, are unknown to ECMA-402.
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

/** A tag, the tag without its last part, without its last two parts and so on, except the language alone. */
function* withoutLanguageAlone(tag: string): Generator<string> {
  const parent = parentOf(tag);
  if (parent === undefined) return;
  yield tag;
  yield* withoutLanguageAlone(parent);
}

/** A tag without its last part. (RFC 4647 then also drops a single last character; no text has such a tag.) */
function parentOf(tag: string): string | undefined {
  const end = tag.lastIndexOf('-');
  return end < 0 ? undefined : tag.slice(0, end);
}
