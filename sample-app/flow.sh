ADDRESS="${ADDRESS:-http://127.0.0.1:3000}"
SESSION=$(curl -s "$ADDRESS/phone/register" -H 'Content-Type: application/json' -d '{"phone_number":"+14155552671"}' | sed -n 's/.*"session_token":"\([^"]*\)".*/\1/p')
curl -s "$ADDRESS/outbox"; echo
TOKEN=$(curl -s "$ADDRESS/phone/verify" -H 'Content-Type: application/json' -d '{"phone_number":"+14155552671","session_token":"'"$SESSION"'","security_code":"123456"}' | sed -n 's/.*"verification_token":"\([^"]*\)".*/\1/p')
curl -s "$ADDRESS/users/sign-up" -H 'Content-Type: application/json' -d '{"username":"ada","verification_token":"'"$TOKEN"'"}'; echo
