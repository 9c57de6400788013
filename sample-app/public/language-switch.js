// The language of the forms, and of the messages that they request.

/** Key under which the choice survives a reload. */
const CHOSEN = 'sample.language';

/** Languages by their own names. The element has more. */
const LANGUAGES = {
  en: 'English',
  ar: 'العربية',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  hi: 'हिन्दी',
  id: 'Bahasa Indonesia',
  it: 'Italiano',
  ja: '日本語',
  ko: '한국어',
  nl: 'Nederlands',
  pl: 'Polski',
  'pt-BR': 'Português (Brasil)',
  ru: 'Русский',
  tr: 'Türkçe',
  uk: 'Українська',
  vi: 'Tiếng Việt',
  'zh-Hans': '简体中文',
};

/** Fills the switch of the page, and applies its choice to the forms. */
export function useLanguageSwitch(...elements) {
  const select = document.getElementById('language');
  select.append(...Object.entries(LANGUAGES).map(([tag, name]) => new Option(name, tag)));
  for (const option of select.options) option.lang = option.value;
  const chosen = localStorage.getItem(CHOSEN);
  if (chosen !== null && chosen in LANGUAGES) select.value = chosen;
  const apply = () => {
    for (const element of elements) element.language = select.value;
  };
  if (chosen !== null) apply();
  select.addEventListener('change', () => {
    localStorage.setItem(CHOSEN, select.value);
    apply();
  });
}
