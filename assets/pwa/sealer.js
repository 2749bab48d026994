// Seals a card's number by the browser's own cryptography: a compact JWE (RFC 7516), RSA-OAEP-256 and A256GCM.

const TAG_BYTES = 16;

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// `jwk` is the bank's public key as JSON, `header` the encoded protected header, `clear` what to seal.
export async function seal(jwk, header, clear) {
  const subtle = crypto.subtle;
  const encoder = new TextEncoder();
  const { kty, n, e } = JSON.parse(jwk);
  const bank = await subtle.importKey("jwk", { kty, n, e }, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["wrapKey"]);
  // Extractable, since wrapping takes it out; it is in nobody's hands but this function's.
  const content = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const wrapped = await subtle.wrapKey("raw", content, bank, { name: "RSA-OAEP" });
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bound = { name: "AES-GCM", iv, additionalData: encoder.encode(header), tagLength: TAG_BYTES * 8 };
  const encrypted = new Uint8Array(await subtle.encrypt(bound, content, encoder.encode(clear)));
  const text = encrypted.subarray(0, -TAG_BYTES);
  const tag = encrypted.subarray(-TAG_BYTES);
  return [header, ...[new Uint8Array(wrapped), iv, text, tag].map(base64url)].join(".");
}
