// The account is whole without this: it tells the time as the reader's clock and language have it, and opens the change
// of the number.
import { definePhoneVerify } from '../client/index.js';
import { forgetPhone, showPhoneOf } from './phone-on-screen.js';
import { post } from './post.js';

const time = document.getElementById('verified-at');
const change = document.getElementById('change');
const area = document.getElementById('change-area');
const notice = document.getElementById('notice');
const phoneVerify = document.querySelector('phone-verify');

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

if (time.dateTime === '') document.getElementById('verified-row').hidden = true;
else time.textContent = MOMENT.format(new Date(time.dateTime));

definePhoneVerify();

change.addEventListener('click', () => {
  const isOpen = !area.toggleAttribute('hidden');
  change.setAttribute('aria-expanded', String(isOpen));
  document.body.toggleAttribute('data-changing', isOpen);
  notice.hidden = true;
  if (isOpen) phoneVerify.focus();
});

if (document.body.dataset.sandbox === 'true') {
  forgetPhone();
  showPhoneOf(phoneVerify);
}

phoneVerify.addEventListener('phone-verify-verified', ({ detail }) => {
  void takeOver(detail.verificationToken);
});

async function takeOver(proof) {
  const fault = await post('/users/change-phone', { verification_token: proof });
  if (fault === undefined || fault.statusCode === 401) {
    location.reload();
    return;
  }
  document.getElementById('notice-text').textContent = fault.message;
  notice.hidden = false;
  phoneVerify.reset();
}
