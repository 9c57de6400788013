// Sign-up and sign-in: both show the server a proof of the number, and it answers with the session's cookie.
import { definePhoneVerify } from '../client/index.js';
import { forgetPhone, showPhoneOf } from './phone-on-screen.js';
import { post } from './post.js';

const page = document.body.dataset;
const form = document.getElementById('entrance');
const username = document.getElementById('username');
const usernameError = document.getElementById('username-error');
const submit = document.getElementById('submit');
const progress = document.getElementById('progress');
const notice = document.getElementById('notice');
const noticeText = document.getElementById('notice-text');
const noticeAction = document.getElementById('notice-action');
const phoneVerify = form.querySelector('phone-verify');

let proof;
let isBusy = false;
/** What the notice's button does. */
let takeAction;

definePhoneVerify();

if (page.sandbox === 'true') showPhoneOf(phoneVerify);

phoneVerify.addEventListener('phone-verify-verified', ({ detail }) => {
  proof = detail.verificationToken;
  void enter();
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void enter();
});

noticeAction.addEventListener('click', () => takeAction());

username.addEventListener('input', () => {
  username.value = username.value.toLowerCase();
  if (username.validity.valid) blame('');
});

/** Goes in with the proof: at once when the code was right, or when what was wrong is put right. */
async function enter(as = page.mode) {
  if (isBusy || (as === 'sign-up' && !hasName())) return;
  if (proof === undefined) {
    phoneVerify.focus();
    return;
  }
  setBusy(true);
  const fault = await post(`/users/${as}`, { username: username.value, verification_token: proof });
  if (fault === undefined) {
    forgetPhone();
    // In the place of this page, so that the back button does not lead to a form that is done.
    location.replace('/account');
    return;
  }
  setBusy(false);
  refuse(fault);
}

function hasName() {
  if (username.validity.valid) return true;
  blame(username.validity.valueMissing ? 'Choose a user name.' : 'Use 2 to 30 small letters, digits or _.');
  return false;
}

/** Says what the server said, and what can be done. The proof stays good but where it is refused itself. */
function refuse({ code, message }) {
  if (code === 'username_taken') {
    blame('This user name is taken. Choose another: your number stays verified.');
  } else if (code === 'phone_number_taken') {
    ask('This number has an account already.', 'Sign in to it', () => enter('sign-in'));
  } else if (code === 'account_not_found') {
    ask('This number has no account yet.', 'Create one', createInstead);
  } else if (code === 'phone_not_verified') {
    ask('The check of your number is too old. Verify it again.', 'Verify again', () => location.reload());
  } else {
    ask(typeof message === 'string' ? message : 'This did not work.', 'Try again', () => enter());
  }
}

/** The sign-up, in place, so that the proof is kept. */
function createInstead() {
  history.replaceState(null, '', '/');
  page.mode = 'sign-up';
  document.title = document.title.replace('Sign in', 'Create your account');
  document.getElementById('title').textContent = 'Create your account';
  notice.hidden = true;
  blame('Choose a user name.');
}

function blame(text) {
  usernameError.textContent = text;
  username.setAttribute('aria-invalid', String(text !== ''));
  if (text === '') return;
  submit.hidden = proof === undefined;
  username.focus();
}

function ask(text, action, act) {
  noticeText.textContent = text;
  noticeAction.textContent = action;
  takeAction = act;
  notice.hidden = false;
}

function setBusy(busy) {
  isBusy = busy;
  submit.setAttribute('aria-disabled', String(busy));
  progress.textContent = busy ? 'One moment …' : '';
  if (busy) notice.hidden = true;
}
