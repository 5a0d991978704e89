// ---- Korean particles: the form follows from the last sound of the word before ----

const FORMS = { "이(가)": "이가", "을(를)": "을를", "은(는)": "은는", "과(와)": "과와", "(으)로": ["으로", "로"] };
const SOUND = { V: 1, C: 2, R: 3 };
const OPENERS = { ")": "(", "]": "[", "}": "{", "）": "（", "］": "［", "｝": "｛", "】": "【", "〕": "〔" };
const CURRENCY_SIGNS = "$€£¥￥₩₹₫₽₺₱₪฿";
const SIGNS = table({ V: "%％$€£₹₺₱฿°℃℉+＋&＆㈜", C: "¥￥₩₫#＃", R: "‰₽₪" }, "");
const CODES = table(
  { V: "USD HKD SGD AUD CAD NZD TWD EUR GBP SEK NOK DKK CZK INR IDR MXN PHP THB BND kr", C: "KRW JPY CNY CHF MYR RM VND" },
  " ",
);
const UNITS = table(
  { C: "g kg mg t", V: "m cm mm km l L ml mL KB MB GB TB W kW kWh Hz MHz GHz s ms" },
  " ",
);
const WORDS = ["inc", "ltd", "co", "corp", "hub", "github"];
const ENDINGS = [
  [/(?:[^aeiouy]le|l)$/, 3],
  [/[aeiou]le$/, 3],
  [/(?:[aeiouy][mn]e|[mn]|ng)$/, 2],
  [/(?:c|[aeiou]ck|ook|ok)$/, 2],
  [/[aeiou]p+$/, 2],
  [/(?:^|[^aeiou])[aeiou]t$/, 2],
  [/[aeiou]b$/, 2],
];
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+/gu;
const NUMBER = /^(?:\p{Nd}{1,3}(?:,\p{Nd}{3})+|\p{Nd}+)(?:\.\p{Nd}+)?$/u;
const PLAIN = { from: "àáâãäåèéêëìíîïòóôõöøùúûüýÿñç", to: "aaaaaaeeeeiiiioooooouuuuyync" };

function table(sounds, between) {
  const found = new Map();
  for (const sound in sounds) for (const each of sounds[sound].split(between)) found.set(each, SOUND[sound]);
  return found;
}

const isLetter = (mark) => /^\p{L}$/u.test(mark ?? "");
const isDigit = (mark) => /^\p{Nd}$/u.test(mark ?? "");
const isAscii = (text) => /^[\x00-\x7f]*$/.test(text);
const unaccented = (text) =>
  [...text.toLowerCase()].map((each) => PLAIN.to[PLAIN.from.indexOf(each)] ?? each).join("");

// The value of a digit of any script: digits stand in tens, zero first.
function valueOf(digit) {
  const code = digit.codePointAt(0);
  let first = code;
  while (isDigit(String.fromCodePoint(first - 1))) first--;
  return (code - first) % 10;
}

function particle(before, form) {
  const [consonant, vowel] = FORMS[form];
  const heard = sound([...before]);
  if (!heard) return form;
  return heard === 1 || (heard === 3 && form === "(으)로") ? vowel : consonant;
}

function sound(marks) {
  const end = marks.at(-1) ?? "";
  if (end >= "가" && end <= "힣") return syllable(end);
  const text = spoken([...marks.slice(-400).join("").replace(INVISIBLE, "")]);
  if (!text.length) return 0;
  const last = text.at(-1);
  if (isDigit(last)) return numeral(text);
  if (isAscii(last) || isAscii(unaccented(last))) return isLetter(last) ? latin(text) : SIGNS.get(last);
  return SIGNS.get(last) ?? letter(last);
}

function spoken(text) {
  while (text.length) {
    const last = text.at(-1);
    if (isLetter(last) || isDigit(last) || SIGNS.has(last)) return text;
    text = Object.hasOwn(OPENERS, last) ? beforeBracket(text) : text.slice(0, -1);
  }
  return text;
}

function beforeBracket(text) {
  const closer = text.at(-1);
  let depth = 0;
  for (let position = text.length - 1; position >= 0; position--) {
    depth += (text[position] === closer) - (text[position] === OPENERS[closer]);
    if (!depth) {
      const before = text.slice(0, position);
      return spoken(before).length ? before : text.slice(position + 1, -1);
    }
  }
  return text.slice(0, -1);
}

function letter(mark) {
  const within = (first, last) => mark >= first && mark <= last;
  if (within("가", "힣")) return syllable(mark);
  if (within("\u1161", "\u1175") || within("ㅏ", "ㅣ")) return 1;
  if (within("\u11a8", "\u11c2") || within("ㄱ", "ㅎ")) return "\u11afㄹ".includes(mark) ? 3 : 2;
  return within("ぁ", "ヿ") ? ("んン".includes(mark) ? 2 : 1) : 0;
}

function syllable(mark) {
  const final = (mark.charCodeAt(0) - 0xac00) % 28;
  return final === 8 ? 3 : final ? 2 : 1;
}

function trimmedEnd(text) {
  let end = text.length;
  while (end && /^\s$/u.test(text[end - 1])) end--;
  return text.slice(0, end);
}

function numeral(text) {
  let start = text.length;
  while (start && (isDigit(text[start - 1]) || ".,".includes(text[start - 1]))) start--;
  const before = trimmedEnd(text.slice(0, start));
  const sign = before.at(-1);
  if (sign && CURRENCY_SIGNS.includes(sign)) return SIGNS.get(sign);
  const code = lastWord(before);
  if (CODES.has(code) && code !== "kr") return CODES.get(code);
  return numberSound(text.slice(start).join("").replace(/^[.,]+/, ""));
}

function numberSound(tail) {
  if (!NUMBER.test(tail)) tail = tail.split(/[.,]/).at(-1);
  const [whole, fraction] = tail.replaceAll(",", "").split(".");
  const figures = [...whole];
  const last = valueOf([...tail].at(-1));
  if (last || fraction !== undefined || !valueOf(figures[0])) return SOUND["CRVCVVCRRV"[last]];
  let zeros = 0;
  while (figures[figures.length - 1 - zeros] === figures.at(-1)) zeros++;
  const myriads = Math.floor(zeros / 4);
  return myriads ? (SOUND["CCVCVVCVCCVCVVVVV"[myriads - 1]] ?? 2) : 2;
}

function lastWord(text) {
  let start = text.length;
  while (start && isLetter(text[start - 1]) && isAscii(unaccented(text[start - 1]))) start--;
  return text.slice(start).join("");
}

function latin(text) {
  const word = lastWord(text);
  const before = trimmedEnd(text.slice(0, text.length - [...word].length));
  const named = isDigit(before.at(-1)) && (UNITS.get(word) ?? CODES.get(word));
  if (named) return named;
  const marks = [...word];
  const end = marks.slice(-2).join("");
  if (marks.length === 1 || (end === end.toUpperCase() && end !== end.toLowerCase())) {
    return { l: 3, r: 3, m: 2, n: 2 }[unaccented(marks.at(-1))] ?? 1;
  }
  const plain = unaccented(word);
  if (WORDS.includes(plain)) return 1;
  return ENDINGS.find(([ending]) => ending.test(plain))?.[1] ?? 1;
}
