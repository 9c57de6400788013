// The phone next to the form: shows the messages that the sandbox keeps instead of sending them.

const messages = document.getElementById('messages');
const empty = document.getElementById('no-messages');
const tapHint = document.getElementById('tap-hint');
const phone = document.querySelector('.phone');
const beside = document.querySelector('.beside');
const stage = document.querySelector('.stage');

/** Here the phone is a notification right above the form, where it covers nothing. */
const isSmall = matchMedia('(max-width: 699.98px)');

/** Key under which the shown number survives a reload. */
const SHOWN_NUMBER = 'sample.shown-number';

/** A number of four digits or more: the code. */
const CODE = /\b\d{4,}\b/;

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

let stream;
/** The element for whose number messages are shown. */
let followed;

/** Shows the messages to the number that an element last sent a code to. A tap on a code fills it in there. */
export function showPhoneOf(...elements) {
  updateTime();
  isSmall.addEventListener('change', place);
  const shown = sessionStorage.getItem(SHOWN_NUMBER);
  if (shown !== null) follow(shown, elements[0]);
  for (const phoneVerify of elements) {
    phoneVerify.addEventListener('phone-verify-sent', ({ detail }) => {
      // After a resend to the same number, the stream is open already.
      if (phoneVerify === followed && sessionStorage.getItem(SHOWN_NUMBER) === detail.phoneNumber) return;
      sessionStorage.setItem(SHOWN_NUMBER, detail.phoneNumber);
      follow(detail.phoneNumber, phoneVerify);
    });
  }
}

/** Removes the stored number, so that the next visit begins with an empty phone. */
export function forgetPhone() {
  sessionStorage.removeItem(SHOWN_NUMBER);
}

function follow(phoneNumber, phoneVerify) {
  followed = phoneVerify;
  place();
  stream?.close();
  messages.replaceChildren();
  const shown = new Set();
  stream = new EventSource(`/outbox/stream?to=${encodeURIComponent(phoneNumber)}`);
  stream.addEventListener('message', ({ lastEventId, data }) => {
    // After a reconnect, the stream begins with the last messages again.
    if (shown.has(lastEventId)) return;
    shown.add(lastEventId);
    showMessage(JSON.parse(data), phoneVerify);
  });
}

/** Shows the phone beside the form, or on a small screen above it once it belongs to a number. */
function place() {
  if (!isSmall.matches) stage.append(beside);
  else if (followed !== undefined) followed.before(beside);
  beside.toggleAttribute('data-followed', followed !== undefined);
}

function showMessage({ message, sentAt }, phoneVerify) {
  const time = document.createElement('time');
  time.dateTime = sentAt;
  time.textContent = clock.format(new Date(sentAt));
  const text = document.createElement('p');
  text.className = 'phone-text';
  // The message is in the browser's language, which may differ from the page's.
  text.dir = 'auto';
  text.append(...withCode(message, phoneVerify));
  const item = document.createElement('li');
  item.className = 'phone-message';
  item.append(time, text);
  messages.append(item);
  messages.scrollTop = messages.scrollHeight;
  empty.hidden = true;
  updateTime();
  tapHint.hidden = false;
  phone.classList.remove('phone-buzz');
  requestAnimationFrame(() => phone.classList.add('phone-buzz'));
}

function updateTime() {
  document.getElementById('phone-time').textContent = clock.format(new Date()).replace(/\s?[AP]M$/i, '');
}

/** The text, with its code as a button. */
function withCode(message, phoneVerify) {
  const code = CODE.exec(message)?.[0];
  if (code === undefined) return [message];
  const [before, ...after] = message.split(code);
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'phone-code';
  button.textContent = code;
  button.title = 'Fill in this code';
  button.addEventListener('click', () => fillIn(code, phoneVerify));
  return [before, button, after.join(code)];
}

/** Fills in the code as a phone's keyboard does. */
function fillIn(code, phoneVerify) {
  const input = phoneVerify.shadowRoot.querySelector('[autocomplete="one-time-code"]');
  if (input === null) return;
  input.value = code;
  input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
  input.focus();
}
