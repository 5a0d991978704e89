"""Words that say the opposite of each other, in English and in the locales.

A pair is two sides; a side is English words and, for every locale, a pattern of the words that say the same there. The
patterns are wide: a text is only taken to say the opposite where the one side's words stand and the other side's don't.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from oppi18n.checks.background import language
from oppi18n.checks.masking import MARK

# What stands around a label that is one word in a sentence: emphasis or quotation marks.
_FRAMED: Final = rf"(?:^|[{MARK}「“”\"'*‘]){{}}(?:$|[{MARK}」“”\"'*’])"


@dataclass(frozen=True)
class Side:
    """The English words of one side, and how the locales say them."""

    english: tuple[str, ...]
    words: Mapping[str, str]

    def find(self, text: str, locale: str) -> re.Match[str] | None:
        """The first of the side's words in a text; None where the locale's words aren't known, too."""
        pattern = self.words.get(language(locale))
        return None if pattern is None else _compiled(pattern).search(text)

    def is_kept(self, text: str) -> bool:
        """Whether a translation keeps one of the English words: it is the name of something then."""
        return _whole(self.english).search(text) is not None


Pair = tuple[Side, Side]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def _whole(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, words))})(?![A-Za-z])", re.IGNORECASE)


def _side(english: str, ko: str, zh: str, ja: str, ms: str, sv: str) -> Side:
    return Side(tuple(english.split("|")), {"ko": ko, "zh-HK": zh, "ja": ja, "ms": ms, "sv": sv})


def _framed(*words: str) -> tuple[str, ...]:
    return tuple(_FRAMED.format(f"(?:{word})") for word in words)


# fmt: off
PAIRS: Final[tuple[Pair, ...]] = (
    (_side("Yes", *_framed("예", "是", "はい", "Ya", "Ja")),
     _side("No", *_framed("아니[요오]", "否", "いいえ", "Tidak", "Nej"))),
    (_side("On", *_framed("켜기|켬|켜짐|설정", "開|開啟", "オン", "Hidup|Dihidupkan", "På")),
     _side("Off", *_framed("끄기|끔|꺼짐|해제", "關|關閉", "オフ", "Mati|Dimatikan", "Av"))),
    (_side("won", "성공|수주", "(?<!未)成交|贏", "受注", "menang", r"\bv[iu]nn"),
     _side("lost", "실패|실주", "未成交|輸", "失注", "kalah|hilang", r"förlora")),
    (_side("before", "전에|이전|앞|(?<![가-힣])전(?![가-힣])|전까지", "(?<!目)前(?!往)|先", "前|先|まで", "sebelum", "före|innan|förrän|tidigare"),
     _side("after", "후|다음|뒤|나면|[하되]면", "後|之后", "後|次|たら|あと|以降", "selepas|setelah|kemudian|selesai|lepas|apabila",
           "efter|sedan|när|senare")),
    (_side("earlier", "이전|빠른|일찍|앞선|먼저|전에|빠릅|앞서", "早|前", "前|早|以前", "awal|sebelum", "tidigare|före|innan"),
     _side("later", "이후|늦|나중|후", "晚|後|遲|稍|更高", "後|遅|以降|あと|以上", "kemudian|lewat|selepas|nanti|terkini|lebih baharu",
           "sen(?:are|ast)|efter|framtid")),
    (_side("more than|greater than|larger than|higher than|at least", "이상|초과|많은|많습|큰|크|높|최소|적어도|넘|한 개|하나|여러",
           "大於|超過|多於|以上|高於|至少|不少於|最少|多個|不只|起碼|更|較", "以上|超|多|大き|高|少なくとも|上回|最低|複数|最小|より",
           "lebih|melebihi|sekurang|paling kurang|minimum|beberapa", "större|fler|mer|över|högre|minst|åtminstone|flera"),
     _side("less than|fewer than|smaller than|lower than|at most", "미만|이하|적은|적습|작은|작습|작아|낮|최대|못|까지|상한",
           "小於|少於|低於|未滿|以下|不到|最多|至多|不超過|更少|較少|較小|較低|不足|上限", "未満|以下|小さ|少な(?!く)|低|下回|最大|多くても|最高|まで|満た|上限",
           "kurang daripada|lebih kecil|lebih sedikit|lebih rendah|paling banyak|maksimum|bawah|selebih|tidak lebih",
           "mindre|färre|under|lägre|högst|max|mest")),
    (_side("enable|enabled|enables|enabling", "(?<!비)활성화|설정|켜|켤|가능|사용|지원|도와|있|하도록",
           "啟用|開啟|讓|可以|使用|能|開放|支援|允許|可", "有効|でき|可能|オン|使用|できる",
           "(?<!nyah)daya|boleh|membolehkan|hidup|aktif", "(?<!in)aktiver|möjlig|kan|på|tillåt|ger"),
     _side("disable|disabled|disables|disabling", "비활성화|사용하지 않|사용 중지|사용 안 함|끄|끌|꺼|해제|못하|없",
           "停用|關閉|禁用|無法|不能", "無効|オフ|できな|使用不可", "nyahdaya|lumpuh|mati|tidak", "inaktiver|stäng|inte|\bav\b(?! )|hindra")),
    (_side("active", "(?<!비)활성|액티브|사용 중|활동|현재", "(?<!非)使用中|(?<!非)作用中|啟用|有效|活躍|主動|現用|進行中|現行", "(?<!非)アクティブ|有効|稼働|使用|実行|現在",
           "(?<!tidak )aktif", r"(?<!in)aktiv"),
     _side("inactive", "비활성|활성화되지|사용하지|휴면|중지", "非使用中|停用|非作用中|閒置|未使用|不活躍|非活動|無效|不活動", "非アクティブ|無効|休止|停止|使用されてい",
           "tidak aktif|nyahaktif", "inaktiv|inte är aktiv")),
    (_side("show|shows|shown|showing|display|displays|displayed", "표시|보기|보여|보입|나타|볼 수|나와|나옵|보는|제공|표현",
           "顯示|呈現|展示|示|列出|出現|看到|檢視|提供|説明|說明", "(?<!非)表示|示し|示さ|示す|確認|説明|掲載|出力|現れ|提示",
           "tunjuk|papar|lihat|muncul|menyenaraikan|dipamer", "vis|syn|fram"),
     _side("hide|hides|hidden|hiding", "숨|감추|가려", "隱藏|隱|遮", "非表示|隠|隠し", "sembunyi|terlindung", "dölj|dold|göm")),
    (_side("add|adds|added|adding", "추가|더|넣|덧", "新增|加入|添加|加|附", "追加|加|足", "tambah|memasukkan|masuk",
           "lägg|lagt|tillagd|nytt?\\b"),
     _side("remove|removes|removed|removing|delete|deletes|deleted|deleting", "제거|삭제|지우|지워|없애|없앱|제외|사라",
           "移除|刪除|刪|清除|移出|去除|移除|排除|消除", "削除|除去|取り除|解除|外|消|除|なく",
           "alih keluar|padam|buang|keluar|hapus|mengalih|dialih|keluarkan|nyah", "ta bort|tas bort|tar bort|tog|radera|bort|raderad|utesl|rensa|borttag")),
    (_side("import|imports|imported|importing", "가져오|가져온|가져올|가져옵|수입", "匯入|導入", "インポート|取り込|取込", "import", "import|hämta"),
     _side("export|exports|exported|exporting", "내보내|내보낸|내보낼|내보냅|수출", "匯出|導出", "エクスポート|書き出|出力", "eksport", "export")),
    (_side("increase|increases|increased|increasing", "증가|늘|높|향상|커|올라|증대|확대", "增|提高|提升|加|改善|高", "増|上げ|向上|高|上昇|拡大|伸",
           "tingkat|tambah|naik|meninggi|besar", "ök|höj|högre|större|förbättr"),
     _side("decrease|decreases|decreased|decreasing|reduce|reduces|reduced|reducing", "감소|줄|낮|축소|떨어|절감|단축",
           "減|降|縮|少|下降", "減|下げ|縮|少な|低|削減|下が|軽", "kurang|turun|susut|rendah|kecil", "minsk|reducer|sänk|lägre|mindre|färre|sjunk|kort")),
    (_side("ascending", "오름차순", "遞增|升序|由小到大", "昇順", "menaik", "stigande"),
     _side("descending", "내림차순", "遞減|降序|由大到小", "降順", "menurun", "fallande")),
    (_side("minimum", "최소|최저", "最小|最低|下限|至少|最少|最短", "最小|最低|最少|下限|少なくとも|最短", "minimum|min|sekurang|paling|terkecil|rendah",
           "min|lägst|minst"),
     _side("maximum", "최대|최고|최댓", "最大|最高|最多|上限|至多|最長", "最大|最高|最多|上限|最長", "maksimum|maks|paling|sehingga|tertinggi", "max|högst|största|mest")),
    (_side("upload|uploads|uploaded|uploading", "업로드|올리|올려|올린", "上載|上傳", "アップロード", "muat naik|muatnaik|dimuat naik|naik",
           "ladda upp|laddas upp|laddar upp|uppladd|överför|läs in"),
     _side("download|downloads|downloaded|downloading", "다운로드|내려받|다운", "下載", "ダウンロード", "muat turun|muatturun|turun",
           "ladda ned|ladda ner|laddas ned|laddas ner|laddar ned|laddar ner|nedladd|hämta|hämtn")),
    (_side("next", "다음|후속", "下一|接下來|後續|下個|接著|然後|未來|下次|接|後", "次|翌|今後|続", "seterusnya|berikut|akan datang|kemudian|sebelah",
           "nästa|följande|kommande|sedan|näst"),
     _side("previous|previously", "이전|앞서|지난|전에|기존|예전|(?<![가-힣])앞(?!으로)|(?<![가-힣])전(?![가-힣])", "上一|先前|前|之前|以前|上次|舊|過去|上個", "前|以前|これまで|先|過去|旧",
           "sebelum|terdahulu|lalu|lepas|lama", "föregående|tidigare|förra|innan|förr|före|gamla|senaste")),
    (_side("first", "첫|처음|먼저|최초|1|하나|초기|우선|이름", "第一|首|最先|名|1|先|前|一開始|最早|初", "最初|1|初|先|まず|第一|名|一|前に|ファースト",
           "pertama|dahulu|mula|awal|1|nama", "först|1|inled|förnamn|för-|primär"),
     _side("last|latest", "마지막|최근|지난|최종|최신|(?<![가-힣])성(?![가-힣])|끝|이전", "最後|上次|最近|過去|最新|末|姓|上|前|近", "最後|最終|昨|先月|先週|前回|最近|直近|過去|最新|末|姓|前の|終|ラスト",
           "terakhir|akhir|lepas|lalu|terkini|sebelum|keluarga|baharu", "sist|senast|förra|(?<!an)(?<!be)slut|efter|aktuell|ny")),
    (_side("open|opens|opened|opening", "열|엽|오픈|개방|시작|미결|진행|미해결|오픈소스|공개", "開|打|未結|公開|未處理|未關", "開|オープン|開い|公開|未", "buka|terbuka",
           "öppn|öppet|öppen|upp|öppna"),
     _side("closed", "닫|종료|마감|완료|폐쇄|종결|끝", "關|結|閉|完成|停", "閉|クローズ|終|完了|締", "tutup|tamat|selesai", "stäng|slut|avslut|stängd|stäng")),
    (_side("success|succeeds|succeeded|successful|successfully", "성공|완료|잘|정상|올바르|제대로|마치|마쳤|성과", "成功|順利|完成|正確|已",
           "成功|正常|完了|うまく|正しく|成果|に|され", "berjaya|kejayaan|jaya|selesai", "lyck|framgång|slutför|klar|fungera|korrekt"),
     _side("failure|fails|failed|fail", "실패|못|오류|않|안|문제|장애", "失敗|無法|未能|不|錯誤|故障|未", "失敗|でき|エラー|ない|障害|ません|不|問題", "gagal|tidak|ralat|masalah|kegagalan",
           "misslyck|fel|inte|gick|kunde|problem|krasch|bryt|brut")),
    (_side("valid", "(?<!안 )유효|올바른|맞는|정확|적합|정상|유효한", "(?<!無)有效|正確|合法|合規|正當", "有効|正しい|妥当|適切|正当|正しく", "(?<!tidak )sah|betul", r"(?<!o)giltig|rätt|korrekt"),
     _side("invalid", "잘못|유효하지|무효|올바르지|맞지|정확하지|않|안|없", "無效|不正確|不合法|錯誤|不|非法|未", "無効|正しくな|不正|無|誤|ない|違|ません", "tidak|salah|bukan", "ogiltig|fel|inte|felaktig")),
    (_side("start|starts|started|starting|begin|begins|beginning", "시작|개시|처음|기동|착수|켜|부터|시작하", "開始|啟動|起|開|一開始|始|由|啟", "開始|始|起動|スタート|はじ|から|冒頭|先頭",
           "mula|bermula|permulaan|awal", "start|börja|bör|inled|påbörja|sätt|igång|först|från"),
     _side("stop|stops|stopped|stopping|end|ends|ended|ending|finish|finishes|finished", "중지|끝|종료|멈|중단|마치|마지막|정지|완료|말|끝나|그만|최종",
           "停|結束|終|完|尾|末|最後|止|結|最終", "停止|終|止|中止|中断|完|末|最後|まで|最終|やめ|完了",
           "henti|tamat|akhir|selesai|hujung|siap", "stopp|slut|avslut|avbryt|upphör|sist|stanna|klar|färdig|änd|sluta|slutför")),
    (_side("required|mandatory", "필수|필요|요구|반드시|해야|있어야|하여야|요청", "必要|必填|必須|需|要求|必需|必|要", "必須|必要|要|ければ|求|なり", "perlu|wajib|mesti|mandatori|dikehendaki|diperlukan|keperluan",
           "obligatorisk|kräv|krav|nödvändig|måste|behöv|begär|ska"),
     _side("optional|optionally", "선택|옵션|임의|원하는|필요에 따라|필요한 경우", "選用|選擇|可選|任選|可|視需要|如有|非必", "任意|オプション|省略|必要に応じて|選択|場合", "pilihan|tidak wajib|opsyen|jika|boleh|secara",
           "valfri|om du|alternativ|eventuell|kan|tillval|frivillig")),
    (_side("draft", "초안|임시|드래프트", "草稿|草案", "下書き|ドラフト|草案", "draf", "utkast"),
     _side("active", "(?<!비)활성|액티브|사용 중", "使用中|作用中|啟用|有效|活躍|主動|進行中", "アクティブ|有効|使用", "aktif", "aktiv")),
    (_side("approve|approves|approved|approving|approval", "승인|허가|동의", "核准|批准|核可|審批|同意|通過|審核", "承認|許可|認可", "lulus|setuju|kelulusan", "godkänn|godkänd|godkänt|bevilja"),
     _side("reject|rejects|rejected|rejecting|rejection|deny|denies|denied", "거부|반려|거절|기각", "拒絕|駁回|否決|退回|被拒", "却下|拒否|否認|拒絶", "tolak|nafi|ditolak", "avvis|avslå|avslag|neka|avböj|nekad")),
    (_side("include|includes|included|including", "포함|등|넣|들어|있는|같은|비롯|담|내포", "包|納|含|等|附|涵|內|如|列入|加入", "含|など|入|付|加え|等", "termasuk|serta|merangkumi|rangkum|mengandungi|disertakan|seperti|ada",
           "inklusive|inkluder|omfatt|ingå|innehåll|med|till exempel|bland|finns"),
     _side("exclude|excludes|excluded|excluding|exclusion", "제외|배제|빼|뺀|빠", "排除|除|不包|不含|剔除", "除|外", "kecuali|keluarkan|dikecualikan|tidak termasuk|mengecualikan|asing|singkir",
           "exkluder|undant|utesl|utelämn|exklusive|förutom|inte")),
    (_side("allow|allows|allowed|allowing|permit|permits|permitted", "허용|수 있|하도록|허락|가능|허가|할 수|게 ", "允許|准許|讓|可|容許|能|允", "許可|でき|可能|許|られ", "benar|boleh|izin|dapat|membolehkan", "tillåt|kan|får|låt|gör|möjlig|tillåta|medge|behörig|ge"),
     _side("forbid|forbids|forbidden|prohibit|prohibits|prohibited|prevent|prevents|prevented|block|blocks|blocked", "금지|막|차단|방지|없|못|안|않|불가|블록",
           "禁|防|阻|無法|不|避免|封", "禁|防|阻|でき|ブロック|ない|避|妨|止", "larang|halang|cegah|sekat|tidak|elak|blok|tegah", "förbj|hindr|blocker|förhindr|inte|spärr|stopp|undvik|ej|skydd")),
)
# fmt: on
"""The pairs; words inside other words are told apart where it matters."""

# fmt: off
SURE: Final[Mapping[str, Mapping[str, str]]] = {
    "disable": {"ko": "비활성화", "zh-HK": "停用", "ja": "無効", "ms": "nyahdaya|lumpuhkan", "sv": "inaktiver"},
    "hide": {"ko": "숨기|숨김|숨겨", "zh-HK": "隱藏", "ja": "非表示", "ms": "sembunyi", "sv": "dölj|döljs"},
    "inactive": {"ko": "비활성", "zh-HK": "非使用中|停用", "ja": "非アクティブ", "ms": "tidak aktif", "sv": "inaktiv"},
    "exclude": {"ko": "제외", "zh-HK": "排除", "ja": "除外", "ms": "kecuali", "sv": "exkluder|uteslut"},
    "forbid": {"ko": "금지", "zh-HK": "禁止", "ja": "禁止", "ms": "larang", "sv": "förbj"},
}
# fmt: on
"""Words that say one thing only, so that it does not count what else stands beside them."""

_DENIED: Final = re.compile(r"(?:\b(?:not|no|never|without|cannot)|n['’]t)\s+(?:\w+\s+){0,2}\Z", re.IGNORECASE)
_REACH: Final = 60
_WORD: Final = re.compile(r"[^\W\d_]+")
_LABELS: Final = frozenset(("Yes", "No", "On", "Off"))


def opposite_in(this: Side, opposite: Side, text: str, locale: str) -> re.Match[str] | None:
    """What in a translation says the opposite of this side.

    >>> [(this, other)] = sides_in("Show it")
    >>> opposite_in(this, other, "Dölj den", "sv")[0], opposite_in(this, other, "Visa den", "sv")
    ('Dölj', None)
    """
    sure = SURE.get(opposite.english[0], {}).get(language(locale))
    found = _compiled(sure).search(text) if sure else None
    if found is None and this.find(text, locale) is None:
        found = opposite.find(text, locale)
    return None if found is None or this.is_kept(text) else found


@lru_cache(maxsize=1 << 15)
def sides_in(text: str) -> tuple[Pair, ...]:
    """Every side that stands in an English text without its opposite, with that opposite.

    >>> [(this.english[0], other.english[0]) for this, other in sides_in("It was won after that.")]
    [('won', 'lost'), ('after', 'before')]
    """
    said = (match for match in _english_in(text) if not _is_denied(text, match.start()))
    found = {match[0] if match[0] in _LABELS else match[0].lower() for match in said}
    return tuple(_alone(found)) if found else ()


def _english_in(text: str) -> Iterator[re.Match[str]]:
    """The English words of all sides in a text; most words are none of them, and are passed over."""
    firsts, pattern = _english()
    end = 0
    for word in _WORD.finditer(text):
        if word.start() >= end and word[0].lower() in firsts:
            match = pattern.match(text, word.start())
            if match:
                end = match.end()
                yield match


def _is_denied(text: str, at: int) -> bool:
    """Whether what stands there is denied by one of the words just before."""
    return _DENIED.search(text, max(0, at - _REACH), at) is not None


def _alone(found: set[str]) -> Iterator[Pair]:
    for one, other in PAIRS:
        has_one, has_other = not found.isdisjoint(one.english), not found.isdisjoint(other.english)
        if has_one and not has_other:
            yield one, other
        elif has_other and not has_one:
            yield other, one


def contradict(one: str, other: str) -> bool:
    """Whether two English texts have opposite words where they differ.

    >>> contradict("Closed as won", "Closed as lost"), contradict("Closed as won", "Closed as won early")
    (True, False)
    """
    ours, theirs = sides_in(one), sides_in(other)
    return any(this == opposite and that == against for this, that in ours for against, opposite in theirs)


@cache
def _english() -> tuple[frozenset[str], re.Pattern[str]]:
    """The first words of all sides, and what finds them; Yes, No, On and Off are common words unless they stand alone."""
    words = {word for pair in PAIRS for side in pair for word in side.english}
    plain = "|".join(re.escape(word) for word in sorted(words - _LABELS, key=len, reverse=True))
    framed = rf"(?<![^{MARK}\"'“‘*])(?-i:{'|'.join(sorted(_LABELS))})(?![^{MARK}\"'”’*])"
    pattern = rf"(?<![\w'-])(?<!end to )(?!end to end)(?:{plain})(?![\w-]|['’]t)|{framed}"
    return frozenset(word.split()[0].lower() for word in words), re.compile(pattern, re.IGNORECASE)
