// The data: the index of all episodes, and pages of episodes that are unpacked when they are wanted.
// In one file they are blocks of it; in a folder they are scripts, as file:// has no other way.

const KEPT_PAGES = 4;
const unpackedPages = new Map();
const expected = new Map();
const addresses = window.trustedTypes
  ? window.trustedTypes.createPolicy("pages", { createScriptURL: (number) => `pages/${Number(number)}.js` })
  : { createScriptURL: (number) => `pages/${Number(number)}.js` };

async function unpack(base64) {
  const packed = atob(base64);
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

// What is known of the folder, and the lines of all episodes.
async function readIndex() {
  const lines = (await unpack(byId("index").textContent)).trimEnd().split("\n");
  const [about, ...episodes] = lines.map((line) => JSON.parse(line));
  return { about, episodes };
}

// Called by the scripts of a folder.
function receivePage(number, base64) {
  expected.get(number)?.(base64);
}

function loadPage(number) {
  const block = byId(`page-${number}`);
  if (block) return Promise.resolve(block.textContent);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const gone = () => reject(new Error(`pages/${number}.js is missing; it belongs beside index.html`));
    expected.set(number, resolve);
    script.src = addresses.createScriptURL(String(number));
    script.addEventListener("error", gone);
    script.addEventListener("load", () => script.remove());
    document.head.append(script);
  });
}

// A page of episodes; the latest few stay unpacked.
function readPage(number) {
  const page = unpackedPages.get(number) ?? loadPage(number).then(unpack).then(JSON.parse);
  unpackedPages.delete(number);
  unpackedPages.set(number, page);
  page.catch(() => unpackedPages.delete(number));
  const oldest = unpackedPages.keys().next().value;
  if (unpackedPages.size > KEPT_PAGES) unpackedPages.delete(oldest);
  return page;
}

// An episode of the index with its moments, texts and pictures in their places.
async function readEpisode(entry) {
  const { episodes, texts, pictures } = await readPage(entry.page);
  const packed = episodes[entry.place];
  const moments = packed.moments.map((moment) => ({
    ...moment,
    instruction: texts[moment.instruction],
    url: texts[moment.url],
    html: moment.html === null ? null : texts[moment.html],
    picture: moment.picture === null ? null : pictures[moment.picture],
  }));
  return { ...entry, ...packed, instruction: texts[packed.instruction], moments };
}
