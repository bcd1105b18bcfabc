"""A security key made of software: it keeps one key pair and signs what browsers hand to security keys."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN = "http://localhost:8000"
SITE = "localhost"
SEEN = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


@dataclass
class SecurityKey:
    """Answers `create` and `get` as a browser on `origin` would, given the options as JSON."""

    origin: str = ORIGIN
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    count: int = 0

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` answers."""
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]  # fido2
        made = AttestedCredentialData.create(Aaguid.NONE, self.credential_id, public)
        seen = AuthenticatorData.create(
            self._site(options["rp"]["id"]), SEEN | AuthenticatorData.FLAG.AT, 0, made
        )
        attested = AttestationObject.create("none", seen, {})
        client = self._client("webauthn.create", options)
        return self._credential(clientDataJSON=client, attestationObject=bytes(attested), transports=["usb"])

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get` answers."""
        self.count += 1
        seen = AuthenticatorData.create(self._site(options["rpId"]), SEEN, self.count)
        client = self._client("webauthn.get", options)
        signature = self.key.sign(bytes(seen) + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._credential(clientDataJSON=client, authenticatorData=bytes(seen), signature=signature)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        challenge = websafe_encode(websafe_decode(options["challenge"]))
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _site(self, site: str) -> bytes:
        return hashlib.sha256(site.encode()).digest()

    def _credential(self, **response: Any) -> dict[str, Any]:
        encoded = {
            name: websafe_encode(value) if isinstance(value, bytes) else value
            for name, value in response.items()
        }
        name = websafe_encode(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": encoded,
            "clientExtensionResults": {},
        }
