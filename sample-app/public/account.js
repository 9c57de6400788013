// The account page works without this script. It formats the time in the reader's time zone and language, and opens the
// form that changes the number.
import { definePhoneVerify } from '../client/index.js';
import { useLanguageSwitch } from './language-switch.js';
import { forgetPhone, showPhoneOf } from './phone-on-screen.js';
import { post } from './post.js';

const time = document.getElementById('verified-at');
const change = document.getElementById('change');
const area = document.getElementById('change-area');
const step = document.getElementById('step');
const currentNumber = document.getElementById('current-number');
const newNumber = document.getElementById('new-number');
const notice = document.getElementById('notice');

/** Key of the note that the number was changed, which the next page confirms. */
const CHANGED = 'sample.number-changed';

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Verification token of the current number, which confirms the change. */
let currentToken;

if (time.dateTime === '') document.getElementById('verified-row').hidden = true;
else time.textContent = MOMENT.format(new Date(time.dateTime));

document.getElementById('confirmation').hidden = sessionStorage.getItem(CHANGED) === null;
sessionStorage.removeItem(CHANGED);

useLanguageSwitch(currentNumber, newNumber);
definePhoneVerify();

change.addEventListener('click', () => {
  const isOpen = !area.toggleAttribute('hidden');
  change.setAttribute('aria-expanded', String(isOpen));
  document.body.toggleAttribute('data-changing', isOpen);
  if (isOpen) askFor(currentToken === undefined ? currentNumber : newNumber);
});

if (document.body.dataset.sandbox === 'true') {
  forgetPhone();
  showPhoneOf(currentNumber, newNumber);
}

currentNumber.addEventListener('phone-verify-verified', ({ detail }) => {
  currentToken = detail.verificationToken;
  askFor(newNumber);
});

newNumber.addEventListener('phone-verify-verified', ({ detail }) => {
  void changeNumber(detail.verificationToken);
});

function askFor(element) {
  const isFirst = element === currentNumber;
  step.textContent = isFirst ? 'Step 1 of 2' : 'Step 2 of 2';
  currentNumber.hidden = !isFirst;
  newNumber.hidden = isFirst;
  notice.hidden = true;
  element.focus();
}

async function changeNumber(newToken) {
  const body = { current_verification_token: currentToken, verification_token: newToken };
  const failure = await post('/users/change-phone', body);
  if (failure === undefined) sessionStorage.setItem(CHANGED, '');
  if (failure === undefined || failure.statusCode === 401) {
    location.reload();
    return;
  }
  newNumber.reset();
  if (failure.code === 'phone_number_taken') {
    // Neither token was consumed, so only another new number is needed.
    askFor(newNumber);
  } else {
    currentToken = undefined;
    currentNumber.reset();
    askFor(currentNumber);
  }
  document.getElementById('notice-text').textContent = failure.message;
  notice.hidden = false;
}
