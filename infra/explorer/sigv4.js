// Signs requests with AWS Signature Version 4, by the browser's own cryptography.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

const SERVICE = "execute-api";
const ALGORITHM = "AWS4-HMAC-SHA256";
const UTF_8 = new TextEncoder();

/** Percent-encodes all that RFC 3986 does not leave alone. */
export function escaped(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The headers of a request, whose query is `escaped`, with its signature; `{id, secret, token, region}` sign. */
export async function signed({ method, url, headers, body = "" }, { id, secret, token, region }, now = new Date()) {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${stamp.slice(0, 8)}/${region}/${SERVICE}/aws4_request`;
  const all = { ...headers, "x-amz-date": stamp };
  if (token) all["x-amz-security-token"] = token;
  const toSign = [["host", url.host], ...Object.entries(all).filter(([name]) => /^(x-amz-|content-type$)/.test(name))].sort(byName);
  const names = toSign.map(([name]) => name).join(";");
  const canonical = [
    method,
    url.pathname.split("/").map(escaped).join("/"),
    canonicalQuery(url.search.slice(1)),
    ...toSign.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}`),
    "",
    names,
    hex(await crypto.subtle.digest("SHA-256", UTF_8.encode(body))),
  ].join("\n");
  const digest = hex(await crypto.subtle.digest("SHA-256", UTF_8.encode(canonical)));
  let key = UTF_8.encode(`AWS4${secret}`);
  for (const part of scope.split("/")) key = await hmac(key, part);
  const signature = hex(await hmac(key, [ALGORITHM, stamp, scope, digest].join("\n")));
  return { ...all, authorization: `${ALGORITHM} Credential=${id}/${scope}, SignedHeaders=${names}, Signature=${signature}` };
}

function canonicalQuery(query) {
  const pairs = query.split("&").filter(Boolean).map((pair) => [...pair.split("="), ""].slice(0, 2));
  return pairs.sort(byName).map((pair) => pair.join("=")).join("&");
}

function byName([name, value], [other, otherValue]) {
  if (name === other) return value < otherValue ? -1 : 1;
  return name < other ? -1 : 1;
}

async function hmac(key, text) {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return crypto.subtle.sign("HMAC", imported, UTF_8.encode(text));
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
